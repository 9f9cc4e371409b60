"""What a person may change of the own account; everything else of it is changed by administrators."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.enums import ReminderChoice
from tracker.exceptions import InvalidInput
from tracker.models import User
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

OWN = ("email", "office_phone", "reminders")
MOST = {field.name: field.max_length or 0 for field in User._meta.concrete_fields if field.name in OWN}


@transaction.atomic
def set_own(*, by: User, email: str, office_phone: str, reminders: str) -> User:
    """Set e-mail address, office phone and how often to be written to; the history of accounts keeps what was.

    Raises InvalidInput for an address that is none, for what is too long, and for a choice that does not exist.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    values = {"email": clean(email).strip(), "office_phone": clean(office_phone).strip(), "reminders": reminders}
    for name, value in values.items():
        if len(value) > MOST[name]:
            raise InvalidInput(_("At most %(most)d characters.") % {"most": MOST[name]}, field=name)
    if reminders not in ReminderChoice:
        raise InvalidInput(_("Choose how often you want to be written to."), field="reminders")
    if values["email"]:
        _refuse_address(values["email"])
    refuse_marks({"office_phone": values["office_phone"]}, by=by)
    changed = [name for name in OWN if getattr(person, name) != values[name]]
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person._history_user = by  # type: ignore[attr-defined]
        person.save(update_fields=changed)
    return person


def _refuse_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(
            _("“%(value)s” is no e-mail address; write it like name@example.gov.cn.") % {"value": address[:40]},
            field="email",
        ) from error
