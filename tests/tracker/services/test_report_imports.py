"""Reading a report in: nothing exists before the end, then everything at once, and giving up frees the year."""

import datetime

import pytest

from tests.tracker.importing.conftest import TEXT
from tests.worlds import World
from tracker.enums import ImportState, LinkState, PlanState, Role
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark, Stale
from tracker.models import (
    AnnualReport,
    Cause,
    MeasureLink,
    Part,
    Plan,
    ReportImport,
    ShortcomingLink,
    Task,
    WorkArea,
)
from tracker.services import history, ledger_imports, plans, report_imports, tasks
from tracker.spreadsheets import Row, Sheet

pytestmark = pytest.mark.django_db
CREATED = (AnnualReport, Part, Plan, WorkArea, Task)


@pytest.fixture
def begun(world: World) -> ReportImport:
    world.bureau.remit, world.bureau.name = "行政复议、调解", "丙县司法局"
    world.bureau.save()
    return report_imports.start(TEXT, by=world.admin, name="report.txt")


def keys(row: ReportImport) -> dict[str, int]:
    draft = report_imports.draft_of(row)
    return {draft.words(clause)[:4]: clause.key for clause in draft.clauses}


class TestBeginning:
    def test_nothing_exists_but_the_draft_with_its_proposals(self, world: World, begun: ReportImport):
        assert world.plan is not None
        counts = [model.objects.count() for model in CREATED]
        again = report_imports.start(TEXT, by=world.admin)
        assert [model.objects.count() for model in CREATED] == counts
        draft = report_imports.draft_of(again)
        assert draft.proposals and {row.state for row in draft.proposals} == {"proposed"}
        assert again.digest == begun.digest and len(again.digest) == 64

    @pytest.mark.parametrize("text", ["", "  \n ", "今天天气很好。", "甲" * (report_imports.MOST_CHARACTERS + 1)])
    def test_what_is_no_report_is_refused_with_a_sentence(self, world: World, text: str):
        with pytest.raises(InvalidInput) as refused:
            report_imports.start(text, by=world.admin)
        assert refused.value.field == "text" and len(str(refused.value)) > 5
        assert not ReportImport.objects.exists()

    def test_a_secrecy_mark_is_refused_and_nothing_kept(self, world: World):
        with pytest.raises(SecrecyMark):
            report_imports.start(f"机密★1年\n{TEXT}", by=world.admin)
        assert not ReportImport.objects.exists()

    @pytest.mark.parametrize(
        ("draft", "said"),
        [
            (TEXT.replace("。", "［待核］。", 2), "2处"),
            (f"草稿\n{TEXT}", "草稿"),
            (f"{TEXT}\n本草稿由李某依据截至2026年1月20日的台账生成。", "草稿"),
        ],
    )
    def test_a_draft_is_no_published_report(self, world: World, draft: str, said: str):
        with pytest.raises(InvalidInput) as refused:
            report_imports.start(draft, by=world.admin)
        assert said in str(refused.value)
        assert not ReportImport.objects.exists()

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
    def test_only_administrators_read_reports_in(self, world: World, role: Role):
        with pytest.raises(NotPermitted):
            report_imports.start(TEXT, by=world.person(f"some-{role}", role, world.office))

    def test_files_are_read_and_refused_at_the_file(self, world: World):
        row = report_imports.start_file(TEXT.encode("gb18030"), by=world.admin, name="报告.txt")
        assert row.text.strip() == TEXT.strip()
        for content, name in (
            (b"", "a.txt"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.docx"),
            ("春天".encode(), "b.txt"),
        ):
            with pytest.raises(InvalidInput) as refused:
                report_imports.start_file(content, by=world.admin, name=name)
            assert refused.value.field == "file"


class TestSteps:
    def test_each_step_is_kept_under_a_new_version(self, world: World, begun: ReportImport):
        row = report_imports.correct(begun.pk, "drop", by=world.admin, version=1, key=keys(begun)["统筹普法"])
        assert row.version == 2
        kept = ReportImport.objects.get(pk=begun.pk)
        assert report_imports.draft_of(kept) == report_imports.draft_of(row)

    def test_the_second_of_two_people_is_told(self, world: World, begun: ReportImport):
        report_imports.settle_all(begun.pk, by=world.admin, version=1)
        with pytest.raises(Stale, match=str(world.admin)):
            report_imports.settle_all(begun.pk, by=world.admin, version=1)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("join", {"key": 99999}),
            ("split", {"key": 1, "at": 5}),
            ("set_kind", {"key": 1, "kind": "nonsense"}),
            ("set_role", {"key": 1, "role": "king"}),
            ("no_such", {}),
        ],
    )
    def test_what_cannot_be_done_is_refused_and_nothing_changes(
        self, world: World, begun: ReportImport, name: str, values: dict[str, object]
    ):
        with pytest.raises(InvalidInput):
            report_imports.correct(begun.pk, name, by=world.admin, **values)
        assert ReportImport.objects.get(pk=begun.pk).version == 1

    def test_strangers_do_not_touch_it(self, world: World, begun: ReportImport):
        for person in (world.foreign_admin, world.reviewer):
            with pytest.raises(NotPermitted):
                report_imports.settle_all(begun.pk, by=person)
            with pytest.raises(NotPermitted):
                report_imports.create(begun.pk, by=person)
            with pytest.raises(NotPermitted):
                report_imports.discard(begun.pk, by=person)

    def test_titles_and_natures_have_their_limits(self, world: World, begun: ReportImport):
        key = keys(begun)["统筹普法"]
        with pytest.raises(InvalidInput):
            report_imports.describe(begun.pk, key, by=world.admin, title="长" * 201)
        with pytest.raises(InvalidInput):
            report_imports.describe(begun.pk, key, by=world.admin, title="短", nature="never")
        row = report_imports.describe(begun.pk, key, by=world.admin, title="普法资源统筹", nature="one_off")
        clause = next(row for row in report_imports.draft_of(row).clauses if row.key == key)
        assert (clause.title, clause.nature) == ("普法资源统筹", "one_off")

    def test_units_and_dates_are_checked(self, world: World, begun: ReportImport):
        key = keys(begun)["统筹普法"]
        day = datetime.date(2026, 9, 30)
        wrong = [{"unit": world.foreign_bureau.pk}, {"due_on": day, "due_basis": " "}, {"due_basis": "长" * 301}]
        for values in wrong:
            with pytest.raises(InvalidInput) as refused:
                report_imports.assign(begun.pk, {key: values}, by=world.admin)
            assert str(key) in (refused.value.field or "")
        row = report_imports.assign(
            begun.pk, {key: {"unit": world.second.pk, "due_on": day, "due_basis": "要点"}}, by=world.admin
        )
        clause = next(row for row in report_imports.draft_of(row).clauses if row.key == key)
        assert (clause.unit, clause.unit_settled, clause.due_on) == (world.second.pk, True, "2026-09-30")


class TestCreating:
    def test_the_plan_holds_every_task_on_its_words(self, world: World, begun: ReportImport):
        report_imports.settle_all(begun.pk, by=world.admin)
        plan = report_imports.create(begun.pk, by=world.admin)
        assert (plan.state, plan.year, plan.report.year) == (PlanState.DRAFT, 2026, 2025)
        found = list(Task.objects.filter(plan=plan).by_place())
        assert [task.code for task in found] == ["1.1", "1.2", "1.3", "2.1", "2.2"]
        assert all(plan.report.text[task.start : task.end] == task.quote for task in found)
        assert found[0].quote == "组建复议调解专家库，实现调解关口前移"
        assert history.verify() > 0
        assert ReportImport.objects.get(pk=begun.pk).state == ImportState.CREATED

    def test_only_what_somebody_confirmed_counts(self, world: World, begun: ReportImport):
        draft = report_imports.draft_of(begun)
        proposal = draft.proposals[0]
        key = keys(begun)["组建复议"]
        report_imports.assign(begun.pk, {}, by=world.admin, verdicts={proposal.key: "confirmed"}, confirm_units={key})
        plan = report_imports.create(begun.pk, by=world.admin)
        links = [*MeasureLink.objects.filter(task__plan=plan), *ShortcomingLink.objects.filter(task__plan=plan)]
        assert [link.state for link in links].count(LinkState.CONFIRMED) == 1
        assert len(links) == len(draft.proposals)
        assert all("、".join(proposal.terms) in link.rationale for link in links if link.state == LinkState.CONFIRMED)
        led = Task.objects.filter(plan=plan, lead_unit=world.bureau)
        assert [task.quote[:4] for task in led] == ["组建复议"]
        assert Task.objects.filter(plan=plan, proposed_lead_unit=world.bureau).exclude(pk__in=led).exists()

    def test_a_dismissed_link_is_not_made(self, world: World, begun: ReportImport):
        draft = report_imports.draft_of(begun)
        verdicts = {row.key: "dismissed" for row in draft.proposals}
        report_imports.assign(begun.pk, {}, by=world.admin, verdicts=verdicts)
        plan = report_imports.create(begun.pk, by=world.admin)
        assert not MeasureLink.objects.filter(task__plan=plan).exists()

    def test_pairs_that_a_person_chose_are_no_longer_presumed(self, world: World, begun: ReportImport):
        draft = report_imports.draft_of(begun)
        report_imports.correct(
            begun.pk, "pair", by=world.admin, key=draft.causes[0].key, shortcoming=draft.shortcomings[0].key
        )
        plan = report_imports.create(begun.pk, by=world.admin)
        causes = Cause.objects.of_report(plan.report).order_by("number")
        assert [cause.paired_by_position for cause in causes] == [False, True]

    @pytest.mark.parametrize(("typed", "title"), [("", "2026年工作安排"), (" 丙县2026年要点 ", "丙县2026年要点")])
    def test_the_plan_is_called_as_its_part_of_the_report_or_as_somebody_wants(
        self, world: World, begun: ReportImport, typed: str, title: str
    ):
        assert report_imports.create(begun.pk, by=world.admin, plan_title=typed).title == title

    def test_a_title_that_is_too_long_creates_nothing(self, world: World, begun: ReportImport):
        with pytest.raises(InvalidInput):
            report_imports.create(begun.pk, by=world.admin, plan_title="字" * 201)
        assert not Plan.objects.filter(year=2026).exists()

    @pytest.mark.parametrize("head", [{"title": ""}, {"issuer": ""}, {"year": None}])
    def test_what_the_head_lacks_is_named_and_nothing_created(
        self, world: World, begun: ReportImport, head: dict[str, object]
    ):
        report_imports.set_head(begun.pk, by=world.admin, **head)
        with pytest.raises(InvalidInput) as refused:
            report_imports.create(begun.pk, by=world.admin)
        assert refused.value.field == next(iter(head))
        assert not Plan.objects.filter(year=2026).exists() and not AnnualReport.objects.filter(year=2025).exists()

    def test_a_year_has_one_report_and_one_plan(self, world: World, begun: ReportImport):
        assert world.plan.year == 2025
        report_imports.set_head(begun.pk, by=world.admin, year=2024)
        with pytest.raises(InvalidInput) as refused:
            report_imports.create(begun.pk, by=world.admin)
        assert refused.value.field == "year" and "2024" in str(refused.value)

    def test_a_failure_in_the_middle_leaves_nothing(
        self, world: World, begun: ReportImport, monkeypatch: pytest.MonkeyPatch
    ):
        made, counts = [], [model.objects.count() for model in CREATED]
        real = plans.create_task

        def third_fails(*args: object, **kwargs: object) -> Task:
            made.append(1)
            if len(made) == 3:
                raise RuntimeError("the lights went out")
            return real(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(plans, "create_task", third_fails)
        with pytest.raises(RuntimeError):
            report_imports.create(begun.pk, by=world.admin)
        assert [model.objects.count() for model in CREATED] == counts
        assert ReportImport.objects.get(pk=begun.pk).state == ImportState.DRAFT


class TestGivingUp:
    def test_a_draft_is_given_up(self, world: World, begun: ReportImport):
        assert report_imports.discard(begun.pk, by=world.admin).state == ImportState.DISCARDED
        with pytest.raises(MoveRefused):
            report_imports.settle_all(begun.pk, by=world.admin)
        with pytest.raises(MoveRefused):
            report_imports.discard(begun.pk, by=world.admin)

    def test_the_plan_goes_out_of_sight_and_its_year_is_free(self, world: World, begun: ReportImport):
        plan = report_imports.create(begun.pk, by=world.admin)
        task = Task.objects.filter(plan=plan).first()
        assert task is not None and task in Task.objects.visible_to(world.admin)
        report_imports.discard(begun.pk, by=world.admin)
        for person in (world.admin, world.reviewer, world.auditor, world.viewer):
            assert plan not in Plan.objects.visible_to(person)
            assert task not in Task.objects.visible_to(person)
        assert history.verify() > 0
        again = report_imports.start(TEXT, by=world.admin)
        assert report_imports.create(again.pk, by=world.admin).year == plan.year
        with pytest.raises(MoveRefused):
            tasks.edit(task.pk, by=world.admin, title="x")

    def test_what_is_in_force_or_confirmed_stays(self, world: World, begun: ReportImport):
        plan = report_imports.create(begun.pk, by=world.admin)
        task = Task.objects.filter(plan=plan).first()
        assert task is not None
        world.confirmed(task, unit=world.bureau, starts_on=None, due_on=datetime.date(2026, 9, 30))
        with pytest.raises(MoveRefused):
            report_imports.discard(begun.pk, by=world.admin)
        other = ReportImport.objects.get(pk=begun.pk)
        plans.activate(plan, by=world.admin)
        with pytest.raises(MoveRefused):
            report_imports.discard(other.pk, by=world.admin)
        assert Plan.objects.get(pk=plan.pk).state == PlanState.ACTIVE


class TestFromALedger:
    HEADS = {"code": "序号", "area": "类别", "title": "重点任务", "quote": "具体措施", "lead_unit": "牵头单位"}

    def sheet(self, *rows: dict[str, str]) -> Sheet:
        found = tuple(Row(number, row) for number, row in enumerate(rows, 2))
        return Sheet(found, self.HEADS, (), (), "台账", ())

    def begin(self, world: World, *rows: dict[str, str], year: int = 2027) -> ReportImport:
        return report_imports.start_ledger(self.sheet(*rows), by=world.admin, name="台账.xlsx", year=year)

    def test_its_rows_become_the_tasks_of_a_draft_plan(self, world: World):
        row = self.begin(
            world,
            {"area": "制度", "title": "修订", "quote": "修订规程", "lead_unit": "区培训局", "due_on": "2027-06-30"},
            {"area": "制度", "title": "", "quote": "开展评查", "lead_unit": "外单位", "nature": "持续推进"},
        )
        assert not Plan.objects.exists()
        plan = report_imports.create(row.pk, by=world.admin)
        assert (plan.year, plan.state) == (2027, "draft")
        first, second = Task.objects.filter(plan=plan)
        assert (first.code, first.title, first.quote, first.due_on, first.due_basis) == (
            "1.1",
            "修订",
            "修订规程",
            datetime.date(2027, 6, 30),
            "台账.xlsx",
        )
        assert (first.proposed_lead_unit, first.lead_unit) == (world.bureau, None)
        assert (second.title, second.nature, second.proposed_lead_unit) == ("开展评查", "continuous", None)
        assert plan.report.text[first.start : first.end] == "修订规程"

    def test_the_same_ledger_then_updates_the_plan_without_a_difference(self, world: World):
        rows = (
            {"area": "制度", "title": "修订", "quote": "修订规程"},
            {"area": "普法", "title": "宣传", "quote": "开展宣传"},
        )
        plan = report_imports.create(self.begin(world, *rows).pk, by=world.admin)
        found = ledger_imports.verdicts(plan, self.sheet(*rows).rows)
        assert [verdict.verdict for verdict in found] == ["unchanged", "unchanged"]

    def test_a_ledger_that_says_nothing_to_do_is_refused(self, world: World):
        with pytest.raises(InvalidInput) as refused:
            self.begin(world, {"area": "制度"}, {"lead_unit": "区培训局"})
        assert refused.value.field == "ledger"
        assert not ReportImport.objects.exists()

    def test_more_tasks_than_a_plan_holds_are_refused(self, world: World, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(report_imports, "MOST_TASKS", 2)
        rows = [{"title": f"任务{number}"} for number in range(3)]
        with pytest.raises(InvalidInput):
            self.begin(world, *rows)
        assert self.begin(world, *rows[:2]).state == "draft"

    @pytest.mark.parametrize("who", ["reviewer", "staff", "leader", "viewer"])
    def test_only_administrators_begin_a_plan(self, world: World, who: str):
        with pytest.raises(NotPermitted):
            report_imports.start_ledger(
                self.sheet({"title": "甲"}), by=getattr(world, who), name="台账.xlsx", year=2027
            )
