"""Every workbook says on its first sheet what it is, as of when, by whom and from what, and how numbers are rounded."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

BOOKS = ("ledger_workbook", "overview_workbook", "trace_workbook", "rectification_workbook", "changes_workbook")


def cover_of(answer):
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    return {row[0].value: row[1].value for row in sheet.iter_rows(min_row=2, max_col=2) if row[0].value}


@pytest.mark.parametrize("name", BOOKS)
def test_a_cover_says_as_of_when_by_whom_and_how_numbers_are_rounded(world, signed_in, name):
    world.started()
    cover = cover_of(signed_in(world.viewer).get(reverse(name, args=[world.plan.pk])))
    assert cover["截至"] == "2025年6月16日"
    assert "人-viewer" in cover.values()
    assert cover["取整"]


def test_the_public_ledger_names_nobody(world, signed_in):
    world.started()
    cover = cover_of(signed_in(world.viewer).get(reverse("public_ledger_workbook", args=[world.plan.pk])))
    assert cover["截至"] == "2025年6月16日"
    assert cover["取整"]
    assert "人-viewer" not in cover.values()
