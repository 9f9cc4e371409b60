"""`manage.py import_report FILE`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.tracker.importing.conftest import TEXT
from tests.worlds import World
from tracker.enums import ImportState, PlanState
from tracker.models import Plan, ReportImport, Task
from tracker.services import report_imports

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(file: Path, *arguments: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("import_report", str(file), *arguments, stdout=out)
    return out.getvalue()


def test_a_draft_waits_to_be_looked_through(world: World, file: Path) -> None:
    words = run(file, "--government", "jia", "--draft", "--year", "2023", "--issuer", "丙县政府", "--title", "新题")
    row = ReportImport.objects.get()
    assert f"/imports/{row.pk}/" in words and row.state == ImportState.DRAFT
    head = report_imports.draft_of(row).head
    assert (head.year, head.issuer, head.title) == (2023, "丙县政府", "新题")
    assert not Task.objects.filter(plan__year=2024).exists()


def test_without_draft_the_plan_is_there_with_everything_proposed(world: World, file: Path) -> None:
    assert "7 tasks" in run(file, "--by", "admin")
    plan = Plan.objects.get(year=2026)
    assert plan.state == PlanState.DRAFT
    assert not Task.objects.filter(plan=plan, lead_unit__isnull=False).exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name one government"),
        (["--government", "nowhere"], "Name one government"),
        (["--by", "nobody"], "no account nobody"),
        (["--by", "staff"], "Administrator"),
        (["--government", "jia", "--year", "1800"], "four digits"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(world: World, file: Path, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(file, *arguments)
    assert not ReportImport.objects.exists()


def test_a_file_that_is_no_report_ends_with_status_2(world: World, tmp_path: Path) -> None:
    other = tmp_path / "a.txt"
    other.write_text("春天来了。", encoding="utf-8")
    with pytest.raises(CommandError) as error:
        run(other, "--government", "jia")
    assert error.value.returncode == 2
