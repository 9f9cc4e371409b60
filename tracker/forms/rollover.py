"""What becomes of open tasks, the closing of a plan, and predecessors named by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import CarryOverKind
from tracker.forms.fields import CleanTextField, KeysField, LineField, StyledForm, paragraph
from tracker.services.rollover import MOST_REASON, MOST_REOPENING, MOST_WORDS

# (key, words) of the rows of a choice.
Choices = list[tuple[int, str]]
NOT_ONE = _("This task cannot be chosen here.")


class SettlingForm(StyledForm):
    """What becomes of a task, and why; `targets` are the tasks that may absorb it."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=CarryOverKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of the task.")},
    )
    into = forms.TypedChoiceField(
        label=_("Absorbed by"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("only where another task absorbs it"),
        error_messages={"invalid_choice": NOT_ONE},
    )
    reason = CleanTextField(
        label=_("Reason"),
        help_text=_("Everyone who sees the plan reads it."),
        max_length=MOST_REASON,
        widget=paragraph(3, **{"data-count": ""}),
        error_messages={"required": _("Give the reason.")},
    )

    def __init__(self, *args: Any, targets: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [("", "—"), *targets]  # type: ignore[attr-defined]


class CarryOverForm(SettlingForm):
    """Of one task: also the words in which it is to stand in next year's arrangements."""

    words = CleanTextField(
        label=_("Words for next year's arrangements"),
        required=False,
        help_text=_("only for a task that is carried; the words of this year's report unless others are written"),
        max_length=MOST_WORDS,
        widget=paragraph(3, **{"data-count": ""}),
    )


class ManyCarryOversForm(SettlingForm):
    """The same of all tasks that are ticked."""

    tasks = KeysField(label=_("Tasks"), error_messages={"required": _("Choose the tasks first.")})
    replace = forms.BooleanField(label=_("Replace what was settled before"), required=False)


class ReopeningForm(StyledForm):
    """Why a closed plan is opened again."""

    use_required_attribute = False

    reason = LineField(
        label=_("Why the plan is opened again"),
        max_length=MOST_REOPENING,
        error_messages={"required": _("Say why the plan is opened again.")},
    )


class PredecessorForm(StyledForm):
    """The task of the year before that a task or measure goes back to."""

    use_required_attribute = False

    predecessor = forms.TypedChoiceField(
        label=_("Task of the year before"),
        coerce=int,
        error_messages={"required": _("Choose a task of the year before."), "invalid_choice": NOT_ONE},
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["predecessor"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
