"""Evidence: deposited once, used for as many tasks as it proves, judged per use."""

import datetime
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import EventKind, Status, Verdict
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.models import Evidence, EvidenceUse, Task, User
from tracker.services import link_checks, tasks
from tracker.services.files import StoredFile
from tracker.services.secrecy import refuse_marks

FIELDS = (
    "kind",
    "title",
    "document_number",
    "issuer",
    "dated_on",
    "address",
    "place",
    "valid_until",
    "disclosure",
    "not_classified",
)
MARKED_TEXTS = ("title", "issuer", "place", "document_number")
OPENING, CLOSING = re.escape("〔[［(（【〖﹝❲{｛<＜〈《⟨「『"), re.escape("〕]］)）】〗﹞❳}｝>＞〉》⟩」』")
DOCUMENT_NUMBER = re.compile(
    rf"(?P<code>[^\d{OPENING}{CLOSING}]{{1,30}})[{OPENING}](?P<year>\d{{4}})年?[{CLOSING}]"
    r"第?0*(?P<serial>[1-9]\d{0,4})[号號]"
)
BLANKS = re.compile(r"\s+")
FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def normalised_document_number(value: str) -> str:
    """A document number in the form 西政办发〔2017〕13号: brackets 〔〕, no leading zero, no blanks.

    Text of another form is kept as typed, without outer blanks (not every issuer follows the form).
    """
    text = value.strip()
    match = DOCUMENT_NUMBER.fullmatch(BLANKS.sub("", text).translate(FULL_WIDTH_DIGITS))
    if match is None:
        return text
    return f"{match['code']}〔{match['year']}〕{match['serial']}号"


@transaction.atomic
def deposit(
    task_id: int,
    *,
    by: User,
    claim: str = "",
    replaces: Evidence | None = None,
    file: StoredFile | None = None,
    **values: Any,
) -> EvidenceUse:
    """Store a new item for the task and offer it as proof of `claim`.

    `values` are FIELDS, `file` one that `services.files.keep` has stored. The number is the task's, with the next
    serial ("2025-6-1-01"). Raises InvalidInput per field, NotPermitted, MoveRefused.
    """
    task = tasks.locked(task_id, None)
    permissions.check_add_evidence(by, task)
    if replaces is not None:
        # Read again under a lock: two people may be replacing the same item.
        replaces = Evidence.objects.select_for_update(of=("self",)).get(pk=replaces.pk)
        permissions.check_new_version(by, replaces)
    texts = {name: str(values.get(name, "")) for name in MARKED_TEXTS}
    refuse_marks({**texts, "claim": claim}, by=by, task=task)
    _refuse_values(values, file)
    named = _claim(claim, "claim")
    values["document_number"] = normalised_document_number(values.get("document_number", ""))
    item = Evidence(
        plan=task.plan,
        number=next_number(task),
        task=task,
        unit=by.unit,
        replaces=replaces,
        deposited_by=by,
        deposited_at=clock.now(),
        **values,
    )
    if file is not None:
        item.file_digest, item.file_name = file.digest, file.name
        item.file_type, item.file_size = file.media_type, file.size
    try:
        item.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field=field) from error
    item.save()
    return _use(task, item, by=by, claim=named, instead_of=replaces)


def _claim(value: str, field: str) -> str:
    """The claim that a use names. Raises InvalidInput at `field` for none, and for one too long to be kept."""
    text, most = value.strip(), EvidenceUse._meta.get_field("claim").max_length or 0
    if not text:
        raise InvalidInput(_("Say which claim the item is to prove."), field=field)
    if len(text) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=field)
    return text


def _refuse_values(values: dict[str, Any], file: StoredFile | None) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    if not values.get("not_classified"):
        raise InvalidInput(_("State that the material contains nothing classified."), field="not_classified")
    if file is None and not (values.get("address") or values.get("document_number")):
        raise InvalidInput(_("Give a web address, a document number or a file."), field="address")
    dated_on = values.get("dated_on")
    if not isinstance(dated_on, datetime.date):
        raise InvalidInput(_("Give the date of the document."), field="dated_on")
    if dated_on > clock.today():
        raise InvalidInput(_("The date of the document lies in the future."), field="dated_on")
    valid_until = values.get("valid_until")
    if valid_until is not None and valid_until < clock.today():
        raise InvalidInput(_("It has expired already; what has expired proves nothing."), field="valid_until")


def next_number(task: Task) -> str:
    """The number that the next item first given for the task gets; certain only while the task is locked."""
    stem = f"{task.plan.year}-{task.area.number}-{task.serial}-"
    taken = Evidence.objects.filter(plan=task.plan, task=task).count()
    return f"{stem}{taken + 1:02d}"


def _use(
    task: Task,
    item: Evidence,
    *,
    by: User,
    claim: str,
    earlier: EvidenceUse | None = None,
    instead_of: Evidence | None = None,
) -> EvidenceUse:
    use = earlier or EvidenceUse(evidence=item, task=task)
    use.claim, use.verdict, use.added_by, use.added_at = claim, Verdict.PENDING, by, clock.now()
    use.save()
    words = _("%(item)s, the newer version of %(older)s") if instead_of else "%(item)s"
    detail = words % {"item": item, "older": instead_of.number if instead_of else ""}
    tasks.note(task.pk, EventKind.EVIDENCE_ADD, by=by, detail=detail, reason=use.claim)
    return use


@transaction.atomic
def use(task_id: int, evidence_id: int, *, by: User, claim: str) -> EvidenceUse:
    """Offer an item that is stored already as proof of `claim`; an item `by` may not see does not exist.

    What is wrong with the claim is named at the field "claim_<evidence_id>".

    One that was taken back from this task is offered anew; one that stands or was rejected is not offered twice.
    """
    task = tasks.locked(task_id, None)
    permissions.check_add_evidence(by, task)
    field = f"claim_{evidence_id}"
    refuse_marks({field: claim}, by=by, task=task)
    item = Evidence.objects.visible_to(by).filter(pk=evidence_id, plan=task.plan).first()
    if item is None:
        raise InvalidInput(_("This evidence item does not exist in this plan."), field="existing")
    earlier = EvidenceUse.objects.filter(evidence=item, task=task).first()
    if earlier is not None and earlier.verdict != Verdict.WITHDRAWN:
        raise InvalidInput(_("%(item)s is used for this task already.") % {"item": item.number}, field="existing")
    return _use(task, item, by=by, claim=_claim(claim, field), earlier=earlier)


@transaction.atomic
def take_newer(use_id: int, *, by: User) -> EvidenceUse:
    """Offer the newest version that `by` sees in the place of an older one, for the same claim; it is judged anew.

    The old use stays with its verdict, and counts no more while the newer one stands.
    """
    older = _locked_use(use_id)
    task, item = older.task, older.evidence
    permissions.check_add_evidence(by, task)
    newer = Evidence.objects.visible_to(by).newer_than(item.pk).first()
    if newer is None or older.verdict == Verdict.WITHDRAWN:
        raise MoveRefused(_("There is no newer version of %(item)s to be taken here.") % {"item": item.number})
    earlier = EvidenceUse.objects.filter(evidence=newer, task=task).first()
    if earlier is not None and earlier.verdict != Verdict.WITHDRAWN:
        raise MoveRefused(_("%(item)s is used for this task already.") % {"item": newer.number})
    if not older.claim:
        words = _("The older version names no claim: tick %(item)s in your next report and say what it proves.")
        raise MoveRefused(words % {"item": newer.number})
    return _use(task, newer, by=by, claim=older.claim, earlier=earlier, instead_of=item)


def _locked_use(use_id: int) -> EvidenceUse:
    """The use with its task, the task locked first: every act on a task takes its locks in this order."""
    task = tasks.locked(EvidenceUse.objects.values_list("task_id", flat=True).get(pk=use_id), None)
    found: EvidenceUse = EvidenceUse.objects.select_for_update(of=("self",)).select_related("evidence").get(pk=use_id)
    found.task = task
    return found


@transaction.atomic
def withdraw(use_id: int, *, by: User) -> EvidenceUse:
    """Take an unjudged item back from a task; the item itself stays."""
    found = _locked_use(use_id)
    permissions.check_withdraw_evidence(by, found)
    found.verdict = Verdict.WITHDRAWN
    found.save(update_fields=["verdict"])
    tasks.note(found.task_id, EventKind.EVIDENCE_ADD, by=by, detail=_("Withdrawn: %(item)s") % {"item": found.evidence})
    return found


@transaction.atomic
def judge(use_id: int, *, by: User, authentic: bool, timely: bool, relevant: bool, reason: str = "") -> EvidenceUse:
    """The three questions of review: all yes accepts, a no rejects and needs a reason.

    Raises MoveRefused for one whose page has changed since it was accepted for a task: it is looked at again first.
    """
    found = _locked_use(use_id)
    permissions.check_judge(by, found)
    if found.verdict == Verdict.WITHDRAWN:
        raise MoveRefused(_("This item was withdrawn; it is no longer judged."))
    if found.task.status == Status.UNCONFIRMED:
        raise MoveRefused(_("The task is not confirmed yet."))
    accepted = authentic and timely and relevant
    text = reason.strip()
    if not accepted and not text:
        raise InvalidInput(_("Say what is missing; the words go back to the unit with the return."), field="reason")
    if accepted and found.verdict == Verdict.REJECTED and not text:
        raise InvalidInput(_("This item was rejected; say why it is accepted now."), field="reason")
    if accepted:
        link_checks.refuse_changed(found.evidence)
        link_checks.accept_words(found.evidence)
    found.verdict = Verdict.ACCEPTED if accepted else Verdict.REJECTED
    found.authentic, found.timely, found.relevant = authentic, timely, relevant
    found.reason, found.judged_by, found.judged_at = text, by, clock.now()
    found.save(update_fields=["verdict", "authentic", "timely", "relevant", "reason", "judged_by", "judged_at"])
    detail = f"{found.evidence.number} {found.get_verdict_display()}"
    tasks.note(found.task_id, EventKind.EVIDENCE_JUDGE, by=by, detail=detail, reason=text)
    return found
