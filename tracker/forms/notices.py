"""What is typed to demand something of a unit, and to answer and judge a supervision notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import DemandKind
from tracker.forms.fields import CleanTextField, DayField, KeysField, LineField, StyledForm, paragraph
from tracker.forms.moves import MoveForm
from tracker.services import demands, notices


class DemandForm(MoveForm):
    """催办, or a report asked for by a date. What is missing is said by the service."""

    words = CleanTextField(
        label=_("What is demanded"), required=False, max_length=demands.MOST_WORDS, widget=paragraph(3)
    )
    wanted_by = DayField(label=_("Answer by"), required=False)

    def __init__(self, *args: Any, kind: DemandKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == DemandKind.URGE:
            self.fields["wanted_by"].help_text = _("optional")


class NoticeForm(MoveForm):
    """A notice, or its next level."""

    demand = CleanTextField(label=_("Demand"), required=False, max_length=notices.MOST_DEMAND, widget=paragraph(4))
    limit_on = DayField(label=_("Limit"), required=False)
    basis = LineField(
        label=_("Basis"),
        required=False,
        max_length=notices.MOST_BASIS,
        help_text=_("the document, meeting or decision it rests on"),
    )


class AcknowledgeForm(StyledForm):
    """Nothing is typed."""


class ReplyForm(StyledForm):
    """What the unit says to the demand, and the evidence it names."""

    use_required_attribute = False

    words = CleanTextField(
        label=_("Reply"),
        max_length=notices.MOST_WORDS,
        widget=paragraph(5),
        error_messages={"required": _("Say what has been done about the demand.")},
    )
    evidence = KeysField(label=_("Evidence"), required=False)


class KeptReplyForm(ReplyForm):
    """A reply that is put aside and may have no words yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = False


class JudgeForm(StyledForm):
    """A word on a reply: optional when it is accepted, needed when it is not."""

    use_required_attribute = False

    reason = CleanTextField(
        label=_("What is missing, or a word on the reply"),
        required=False,
        max_length=notices.MOST_REASON,
        widget=paragraph(3),
        help_text=_("needed when the reply is not accepted"),
    )


class WithdrawForm(StyledForm):
    """Why a notice is taken back."""

    use_required_attribute = False

    reason = CleanTextField(
        label=_("Why the notice is withdrawn"),
        max_length=notices.MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the notice is withdrawn.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It may stand beside the form of the judgement, which has a reason too.
        super().__init__(*args, **{"auto_id": "id_withdraw_%s", **kwargs})
