"""What is said of an item or a shortcoming that no task takes up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import DispositionKind, JudgementVerdict, LinkExtent, Strength
from tracker.forms.fields import CleanTextField, LineField, StyledForm, paragraph
from tracker.models import Disposition, MeasureLink, ShortcomingJudgement

REASON_LENGTH = Disposition._meta.get_field("reason").max_length


class DispositionForm(forms.Form):
    """What becomes of it, and why."""

    kind = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=DispositionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of it.")},
    )
    reason = CleanTextField(
        label=_("Reason"),
        help_text=_("Where it is continued, or why it is not; everyone who sees the plan reads it."),
        max_length=REASON_LENGTH,
        widget=paragraph(3, **{"data-count": ""}),
        error_messages={"required": _("Give the reason.")},
    )

    def __init__(self, *args: Any, known: Disposition | None = None, **kwargs: Any) -> None:
        """`known` is what was said before."""
        super().__init__(*args, **kwargs)
        if known:
            self.initial.update(kind=known.kind, reason=known.reason)


class LinkForm(StyledForm):
    """How a task is linked to words of last year's report, and why."""

    strength = forms.ChoiceField(
        label=_("Strength"),
        choices=Strength.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the task takes it up directly or indirectly.")},
    )
    extent = forms.ChoiceField(
        label=_("Of a measure, it continues"),
        choices=LinkExtent.choices,
        initial=LinkExtent.ITEM,
        required=False,
        widget=forms.RadioSelect,
    )
    rationale = LineField(
        label=_("Why"),
        help_text=_("What the task and these words have in common, in one sentence."),
        max_length=MeasureLink._meta.get_field("rationale").max_length,
        error_messages={"required": _("Say why the task is linked to these words.")},
    )

    def clean_extent(self) -> str:
        return self.cleaned_data["extent"] or LinkExtent.ITEM


class JudgementOfShortcomingForm(StyledForm):
    """What became of a shortcoming; `options` are the items that the judgement may rest on."""

    use_required_attribute = False

    verdict = forms.ChoiceField(
        label=_("What became of the shortcoming"),
        choices=JudgementVerdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what became of the shortcoming.")},
    )
    grounds = CleanTextField(
        label=_("Grounds"),
        help_text=_("What shows it: figures of both years, what was set up, what is still missing."),
        max_length=ShortcomingJudgement._meta.get_field("grounds").max_length,
        widget=paragraph(4, **{"data-count": ""}),
        error_messages={"required": _("Give the grounds.")},
    )
    evidence = forms.TypedMultipleChoiceField(
        label=_("Rests on"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of the items is not accepted for a task that answers this shortcoming.")
        },
    )

    def __init__(
        self, *args: Any, options: list[tuple[int, str]], known: ShortcomingJudgement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = options  # type: ignore[attr-defined]
        if known and not self.is_bound:
            chosen = [item.pk for item in known.evidence.all()]
            self.initial.update(verdict=known.verdict, grounds=known.grounds, evidence=chosen)


class MatrixForm(StyledForm):
    """What the matrix of the trace is narrowed to; what is not offered narrows nothing."""

    area = forms.ChoiceField(label=_("Work area"), required=False)
    unit = forms.ChoiceField(label=_("Lead unit"), required=False)
    side = forms.ChoiceField(
        label=_("Of last year"),
        required=False,
        choices=[("", _("all")), ("measure", _("measures only")), ("shortcoming", _("shortcomings only"))],
    )
    links = forms.ChoiceField(
        label=_("Tasks"),
        required=False,
        choices=[("", _("all")), ("with", _("with a link")), ("without", _("without a link"))],
    )

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            self.fields[name].choices = [("", _("all")), *rows]  # type: ignore[attr-defined]
