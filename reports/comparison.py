"""A comparison of two states of a plan as a workbook."""

from typing import Any

from django.utils.translation import gettext as _

from reports.workbook import Book


def workbook(context: dict[str, Any], facts: list[tuple[str, str]]) -> bytes:
    """`context` is what `presenters.comparison.compare` gave with its `lines`; `facts` stand on the cover."""
    with Book() as book:
        book.cover(_("About"), _("What changed"), facts)
        book.table(
            _("Totals"),
            [_("Sort"), _("How many")],
            [[sort["label"], sort["number"]] for sort in context["sorts"]],
        )
        book.table(
            _("Lights"),
            [_("Light"), _("Before"), _("After")],
            [[str(light["label"]), light["old"], light["new"]] for light in context["totals"]],
        )
        heads = [_("Number"), _("Task"), _("What changed"), _("Before"), _("After")]
        book.table(_("Changes"), heads, context["lines"], frozen=2)
    return book.content()
