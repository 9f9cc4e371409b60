"""One's own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import ReminderChoice
from tracker.forms.fields import LineField, StyledForm


class AccountForm(StyledForm):
    """What a person may change; whether an address is one is said by the service."""

    use_required_attribute = False

    email = LineField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("for reminders alone; without it nothing is sent"),
    )
    office_phone = LineField(
        label=_("Office phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("shown to everyone but viewers"),
    )
    reminders = forms.ChoiceField(
        label=_("Reminders by e-mail"),
        choices=ReminderChoice.choices,
        widget=forms.RadioSelect,
        help_text=_("Supervision notices are told of at once; the list on the home page is always whole."),
        error_messages={
            "required": _("Choose how often you want to be written to."),
            "invalid_choice": _("Choose how often you want to be written to."),
        },
    )
