"""What a reviewer and a unit head decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.forms.fields import CleanTextField, StyledForm

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class LookAgainForm(StyledForm):
    """A word on a page that has changed since it was accepted."""

    use_required_attribute = False

    reason = CleanTextField(
        label=_("What has changed, and why it still proves the claim"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what has changed on the page and why it still proves the claim.")},
    )


class JudgementForm(StyledForm):
    """The three questions of review; a "no" needs a reason, which the service asks for."""

    authentic = forms.ChoiceField(label=_("Authentic"), choices=YES_NO, widget=forms.RadioSelect)
    timely = forms.ChoiceField(label=_("Timely"), choices=YES_NO, widget=forms.RadioSelect)
    relevant = forms.ChoiceField(label=_("Relevant"), choices=YES_NO, widget=forms.RadioSelect)
    reason = CleanTextField(
        label=_("What is missing, or why the verdict changes"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def questions(self) -> list[dict[str, Any]]:
        """The three questions as the template shows them: label, what it means, and the two answers."""
        hints = {
            "authentic": _("can be traced, and says what the original says"),
            "timely": _("its date fits what it is to prove"),
            "relevant": _("proves the words it is offered for"),
        }
        return [
            {
                "name": self.add_prefix(name),
                "label": self.fields[name].label,
                "hint": hint,
                "choices": [
                    {
                        "id": f"id_{self.add_prefix(name)}_{value}",
                        "value": value,
                        "label": label,
                        "checked": self[name].value() == value,
                    }
                    for value, label in YES_NO
                ],
            }
            for name, hint in hints.items()
        ]

    def answers(self) -> dict[str, Any]:
        """The answers as `services.evidence.judge` takes them; after `is_valid()`."""
        asked = ("authentic", "timely", "relevant")
        return {name: self.cleaned_data[name] == "yes" for name in asked} | {"reason": self.cleaned_data["reason"]}


class DecisionForm(StyledForm):
    """Approve or return; signing or return at the unit head's."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("approve", ""), ("return", ""), ("sign", "")], widget=forms.HiddenInput)
    reason = CleanTextField(
        label=_("What is missing"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
