"""Nothing classified is kept: texts that carry a mark of classification are refused, and the refusal is logged."""

import logging
import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from tracker.exceptions import SecrecyMark
from tracker.models import Task, User

logger = logging.getLogger("tracker.secrecy")

BLANK = "[ \t\u3000]*"
LEVEL = f"(?:绝{BLANK}密|机{BLANK}密|秘{BLANK}密)"
TERM = rf"\d{{1,2}}{BLANK}(?:年|个月)"
# The level with ★ or a term, or alone on a line as it stands at the head of a document (保密法).
MARK = re.compile(
    rf"{LEVEL}{BLANK}[★☆*＊]{BLANK}(?:{TERM}|长期)?|{LEVEL}{BLANK}{TERM}|^{BLANK}{LEVEL}{BLANK}$", re.MULTILINE
)


def refuse_marks(texts: Mapping[str, str], *, by: User, task: Task | None = None) -> None:
    """Raise SecrecyMark for the first of `texts` ({field: text}) that carries a mark.

    The log names person, task and field, never the text.
    """
    for field, text in texts.items():
        mark = MARK.search(text)
        if mark is None:
            continue
        where = f"task {task.code} ({task.pk})" if task else "no task"
        logger.warning("text with a secrecy mark refused: %s, %s, %s", by.username, where, field)
        raise SecrecyMark(
            _(
                "The text carries the mark “%(mark)s”. Nothing classified may be entered here; it was not kept, and "
                "this is logged. Handle the original by the secrecy rules."
            )
            % {"mark": mark.group().strip()},
            field=field,
        )
