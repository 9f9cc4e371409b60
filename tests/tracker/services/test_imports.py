"""Loading a curated plan: word for word, all or nothing, twice the same as once."""

import shutil
from pathlib import Path

import pytest

from tracker.enums import LinkState, Status
from tracker.exceptions import DatasetError
from tracker.models import (
    AnnualReport,
    Cause,
    Duty,
    Figure,
    Measure,
    Plan,
    Section,
    Shortcoming,
    Task,
    TaskEvent,
    Unit,
    User,
)
from tracker.services import history, imports

DATA = Path(imports.__file__).resolve().parents[1] / "data" / "xicheng_2025"


@pytest.fixture
def folder(tmp_path):
    """A copy of the real data set, to be spoilt."""
    target = tmp_path / "data"
    shutil.copytree(DATA, target)
    return target


def spoil(folder, name, old, new):
    path = folder / name
    path.chmod(0o644)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def counts():
    models = (Unit, AnnualReport, Section, Measure, Figure, Shortcoming, Cause, Duty, Plan, Task, TaskEvent)
    return [model.objects.count() for model in models]


@pytest.mark.django_db
class TestTheRealPlan:
    def test_holds_what_the_report_holds(self):
        outcome = imports.load_dataset(DATA)
        report = outcome.plan.report
        assert outcome.created_tasks == 29
        by_area = [area.tasks.count() for area in outcome.plan.areas.order_by("number")]
        assert by_area == [3, 6, 4, 5, 6, 5]
        assert Section.objects.filter(part__kind="measures", part__report=report).count() == 10
        assert (Figure.objects.count(), Shortcoming.objects.count(), Cause.objects.count()) == (36, 3, 3)
        assert Duty.objects.count() == 5
        assert [cause.shortcoming.number for cause in Cause.objects.order_by("number")] == [1, 2, 3]

    def test_stands_on_the_reports_words(self):
        report = imports.load_dataset(DATA).plan.report
        rows = [*Measure.objects.all(), *Shortcoming.objects.all(), *Cause.objects.all(), *Duty.objects.all()]
        assert all(report.text[row.start : row.end] == row.text for row in rows)
        assert all(report.text[task.start : task.end] == task.quote for task in Task.objects.all())
        assert report.digest == imports.digest_of(report.text)

    def test_proposes_and_confirms_nothing(self):
        imports.load_dataset(DATA)
        assert set(Task.objects.values_list("status", flat=True)) == {Status.UNCONFIRMED}
        assert not Task.objects.filter(lead_unit__isnull=False).exists()
        assert Task.objects.filter(proposed_lead_unit__isnull=True).get().code == "4.1"
        for task in Task.objects.all():
            states = {link.state for link in [*task.measure_links.all(), *task.shortcoming_links.all()]}
            assert states <= {LinkState.PROPOSED}

    def test_makes_up_no_link_for_measures_without_successor(self):
        imports.load_dataset(DATA)
        linked = {link.measure.section.number for task in Task.objects.all() for link in task.measure_links.all()}
        assert linked == {"1.", "2.", "3.", "4.", "5.", "6.", "7.", "9."}

    def test_twice_is_the_same_as_once(self):
        imports.load_dataset(DATA)
        before = counts()
        outcome = imports.load_dataset(DATA)
        assert (outcome.created_tasks, outcome.created_links) == (0, 0)
        assert counts() == before

    def test_leaves_a_line_of_history_for_each_task_and_each_link(self):
        outcome = imports.load_dataset(DATA)
        assert history.verify() == 29 + outcome.created_links

    def test_nobody_can_sign_in_as_the_loader(self):
        imports.load_dataset(DATA)
        assert not User.objects.get(username="importer-xcq").has_usable_password()


@pytest.mark.django_db
class TestWhatIsRefused:
    def refused(self, folder, match):
        before = counts()
        with pytest.raises(DatasetError, match=match):
            imports.load_dataset(folder)
        assert counts() == before

    def test_a_quote_that_is_not_in_the_report(self, folder):
        spoil(folder, "plan.toml", "开展财会监督专项行动", "开展财会监督行动")
        self.refused(folder, "开展财会监督行动")

    def test_an_unknown_unit(self, folder):
        spoil(folder, "plan.toml", 'lead_unit = "qczj"', 'lead_unit = "nobody"')
        self.refused(folder, "nobody")

    def test_a_measure_that_is_no_sentence(self, folder):
        text = (folder / "plan.toml").read_text(encoding="utf-8")
        tail = text.partition("[[task.measure]]")[2]
        line = next(row for row in tail.splitlines() if row.strip().startswith("quote"))
        spoil(folder, "plan.toml", line, 'quote = "没有这句"')
        self.refused(folder, "没有这句")

    def test_a_file_that_is_not_toml(self, folder):
        spoil(folder, "plan.toml", "[plan]", "[plan")
        self.refused(folder, "plan.toml")

    def test_a_missing_file(self, folder):
        (folder / "units.toml").unlink()
        self.refused(folder, "units.toml")

    def test_a_text_in_another_encoding(self, folder):
        text = (folder / "report.txt").read_text(encoding="utf-8")
        (folder / "report.txt").chmod(0o644)
        (folder / "report.txt").write_bytes(text.encode("gb18030"))
        self.refused(folder, "report.txt")

    def test_an_empty_text(self, folder):
        (folder / "report.txt").chmod(0o644)
        (folder / "report.txt").write_text(" \n", encoding="utf-8")
        self.refused(folder, "report.txt")

    def test_a_text_without_arrangements(self, folder):
        (folder / "report.txt").chmod(0o644)
        (folder / "report.txt").write_text("今天天气不错。\n", encoding="utf-8")
        with pytest.raises(DatasetError):
            imports.load_dataset(folder)
        assert not AnnualReport.objects.exists()

    def test_another_text_for_the_same_year(self, folder):
        imports.load_dataset(DATA)
        spoil(folder, "report.txt", "抽查3168户", "抽查3169户")
        self.refused(folder, "2024")
