"""What is ruled on one line of the public ledger, beside the lines of other tasks on the same page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.services.disclosure import Line, Ruling, longest
from tracker.forms.fields import CleanTextField, LineField, StyledForm, paragraph


class RulingForm(StyledForm):
    """Words to publish, or the reason why not; what each ruling needs is said by the service."""

    use_required_attribute = False

    words = CleanTextField(
        label=_("Completion in the year, for the public"),
        required=False,
        max_length=longest("words"),
        widget=paragraph(2),
    )
    reason = LineField(label=_("Reason for withholding"), required=False, max_length=longest("reason"))
    reason.widget.attrs["placeholder"] = reason.label
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    anyway = forms.CharField(required=False, max_length=64)

    @staticmethod
    def is_in(data: Any, line: Line) -> bool:
        """Whether the page that was sent had a form of this line."""
        return f"line-{line.task.pk}-words" in data

    @classmethod
    def of(cls, line: Line, data: Any = None) -> "RulingForm":
        entry = line.entry
        first = {
            "words": line.first,
            "reason": entry.reason if entry else "",
            "seen": line.seen,
        }
        return cls(data, prefix=f"line-{line.task.pk}", initial=first)

    def ruling(self, task: int, reason: str) -> Ruling:
        """`reason` stands for all that have none of their own."""
        typed = self.cleaned_data
        return Ruling(task, typed["words"], typed["reason"] or reason, typed["seen"], typed["anyway"])

    def shows_anew(self, line: Line) -> None:
        """Keep what was typed, now upon the line as it is."""
        self._fill("seen", line.seen)

    def takes_report(self, line: Line) -> None:
        """The words of the last report stand where those of before stood."""
        self._fill("words", line.reported)

    def _fill(self, name: str, value: str) -> None:
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data[f"{self.prefix}-{name}"] = value  # type: ignore[index]
