"""An indicator that starts from a figure of the report."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.enums import IndicatorDirection
from tracker.forms.fields import LineField, ReadingField, StyledForm
from tracker.models import Indicator, Task


class IndicatorForm(StyledForm):
    """Which task is to move the number, in which direction, and how far."""

    task = forms.ChoiceField(
        label=_("Task"), error_messages={"required": _("Choose the task that is to move the number.")}
    )
    name = LineField(
        label=_("Name of the indicator"),
        max_length=Indicator._meta.get_field("name").max_length,
        error_messages={"required": _("An indicator needs a name.")},
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=IndicatorDirection.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the number is to rise, fall or reach its target.")},
    )
    target = ReadingField(label=_("Target"), required=False)

    def __init__(self, *args: Any, tasks: Sequence[Task], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((str(task.pk), f"{task.code} {task.title}") for task in tasks),
        ]
