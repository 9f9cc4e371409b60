"""A ledger comes back in: what each row would do, and that all or nothing is written."""

import datetime
from typing import Any

import pytest

from tests.worlds import World
from tracker.enums import ImportState, Role, Status
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted
from tracker.models import LedgerImport, Task, TaskEvent
from tracker.services import ledger_imports, tasks
from tracker.spreadsheets import Row, Sheet

pytestmark = pytest.mark.django_db


def sheet(*rows: dict[str, str]) -> Sheet:
    columns = {name: name for row in rows for name in row}
    return Sheet(tuple(Row(number, row) for number, row in enumerate(rows, 2)), columns, (), (), "台账", ())


def judged(world: World, *rows: dict[str, str]) -> list[dict[str, Any]]:
    return start(world, *rows).verdicts


def untouched(world: World) -> str:
    """Words of the second work area that no task stands on."""
    assert world.tasks
    taken = [task.quote for task in Task.objects.filter(plan=world.plan)]
    words = ("公开评查结果", "实现质量提升", "强化案卷管理", "开展执法评查")
    return next(quote for quote in words if not any(quote in other for other in taken))


def start(world: World, *rows: dict[str, str]) -> LedgerImport:
    assert world.tasks
    return ledger_imports.start(world.plan, sheet(*rows), by=world.admin, name="台账.csv")


class TestVerdicts:
    def test_a_row_finds_its_task_by_number_words_or_title(self, world: World):
        task = tasks.edit(world.task.pk, by=world.admin, title="全员培训")
        for row in ({"code": task.code}, {"quote": "继续组织全员培训。"}, {"title": "全员培训"}):
            assert [(found["verdict"], found["task"]) for found in judged(world, row)] == [("unchanged", task.pk)]

    def test_changes_show_old_and_new(self, world: World):
        (found,) = judged(world, {"code": "1.1", "title": "新名称", "nature": "一次性", "due_on": "2025-12-01"})
        assert found["verdict"] == "changed"
        assert found["changes"] == [
            ["nature", "", "一次性"],
            ["title", "继续组织全员培训", "新名称"],
            ["due_on", "", "2025-12-01"],
        ]

    def test_an_empty_cell_changes_nothing(self, world: World):
        tasks.edit(world.task.pk, by=world.admin, remarks="留着")
        assert judged(world, {"code": "1.1", "remarks": "", "due_on": ""})[0]["verdict"] == "unchanged"

    def test_what_has_its_own_page_is_not_taken(self, world: World):
        row = start(world, {"code": "1.1", "status": "已完成", "summary": "都做完了", "light": "绿"})
        assert row.verdicts[0]["verdict"] == "unchanged"
        assert ledger_imports.not_taken(row.columns) == ["status", "summary", "light"]

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            ({"code": "1.1", "due_on": "明天"}, "明天"),
            ({"code": "1.1", "lead_unit": "天外局"}, "天外局"),
            ({"code": "1.1", "lead_unit": "乙区培训局"}, "乙区培训局"),
            ({"code": "1.1", "owner": "人-staff"}, "牵头单位"),
            ({"code": "1.1", "lead_unit": "区培训局", "owner": "没这人"}, "没这人"),
            ({"code": "1.1", "nature": "随便"}, "随便"),
            ({"code": "1.1", "title": "长" * 201}, "200"),
            ({"code": "1.1", "due_on": "2025-03-01"}, "2025-03-01"),
            ({"code": "1.1", "due_on": "2025-08-01", "starts_on": "2025-09-01"}, "2025-09-01"),
            ({"code": "1.1", "quote": "别的话"}, "原文"),
            ({"code": "9.9", "title": "没有的任务"}, "原文"),
            ({"area": "9", "quote": "公开评查结果"}, "9"),
            ({"area": "1", "quote": "不在报告里的话"}, "不在报告里的话"),
            ({"area": "1", "quote": "继续组织全员"}, "另一"),
        ],
    )
    def test_what_is_wrong_is_refused_with_the_reason(self, world: World, row: dict[str, str], words: str):
        assert len(world.tasks) > 1
        (found,) = judged(world, row)
        assert found["verdict"] == "refused" and words in found["reason"], found["reason"]

    def test_promises_of_confirmed_tasks_and_closed_tasks_stay(self, world: World):
        world.confirmed()
        found = judged(world, {"code": "1.1", "due_on": "2025-12-01"}, {"code": "1.1", "remarks": "可改"})
        assert found[0]["verdict"] == "refused"
        assert judged(world, {"code": "1.1", "remarks": "可改"})[0]["verdict"] == "changed"
        Task.objects.filter(pk=world.task.pk).update_past_guard(status=Status.CANCELLED, cancelled_on="2025-06-01")
        assert judged(world, {"code": "1.1", "remarks": "可改"})[0]["verdict"] == "refused"

    def test_two_rows_for_one_task_and_two_for_the_same_words_are_refused(self, world: World):
        found = judged(world, {"code": "1.1", "title": "甲"}, {"code": "1.1", "title": "乙"})
        assert [row["verdict"] for row in found] == ["changed", "refused"] and "2" in found[1]["reason"]
        new = {"area": "2", "quote": untouched(world)}
        assert [row["verdict"] for row in judged(world, new, new)] == ["new", "refused"]


class TestWriting:
    def test_new_and_changed_rows_are_written_with_a_line_of_history_each(self, world: World):
        assert world.tasks
        free = world.plan.report.text
        taken = set(Task.objects.values_list("quote", flat=True))
        new = next(
            words for words in ("公开评查结果", "实现质量提升", "强化案卷管理") if words in free and words not in taken
        )
        row = start(
            world,
            {
                "code": "1.1",
                "title": "改名",
                "lead_unit": "区培训局",
                "owner": "人-staff",
                "supporting_units": "区执法局",
            },
            {"area": "2", "quote": new, "title": "新任务", "due_on": "2025-12-01", "due_basis": "要点"},
            {"code": "1.2"},
        )
        before = TaskEvent.objects.count()
        written = ledger_imports.apply(row.pk, by=world.admin)
        assert written.state == ImportState.CREATED
        task = Task.objects.get(pk=world.task.pk)
        assert (task.title, task.lead_unit, task.owner) == ("改名", world.bureau, world.staff)
        assert list(task.supporting_units.all()) == [world.second]
        made = Task.objects.get(title="新任务")
        assert (made.quote, made.due_on) == (new, datetime.date(2025, 12, 1))
        assert world.plan.report.text[made.start : made.end] == made.quote
        assert TaskEvent.objects.count() == before + 3
        with pytest.raises(MoveRefused):
            ledger_imports.apply(row.pk, by=world.admin)

    def test_a_plan_that_moved_on_is_looked_at_again(self, world: World):
        row = start(world, {"code": "1.1", "title": "甲"})
        tasks.edit(world.task.pk, by=world.admin, title="乙")
        with pytest.raises(MoveRefused):
            ledger_imports.apply(row.pk, by=world.admin)
        assert ledger_imports.renew(row.pk, by=world.admin).verdicts[0]["changes"] == [["title", "乙", "甲"]]
        ledger_imports.apply(row.pk, by=world.admin)
        assert Task.objects.get(pk=world.task.pk).title == "甲"

    def test_one_row_that_fails_takes_all_with_it(self, world: World, monkeypatch: pytest.MonkeyPatch):
        row = start(world, {"code": "1.1", "title": "甲"}, {"code": "1.2", "title": "乙"})
        real = tasks.edit

        def second_fails(task_id: int, **values: Any) -> Task:
            if values.get("title") == "乙":
                raise InvalidInput("不行")
            return real(task_id, **values)

        monkeypatch.setattr(tasks, "edit", second_fails)
        with pytest.raises(InvalidInput, match="3"):
            ledger_imports.apply(row.pk, by=world.admin)
        assert not Task.objects.filter(title="甲").exists()
        assert LedgerImport.objects.get(pk=row.pk).state == ImportState.DRAFT

    def test_refused_rows_are_left_out(self, world: World):
        row = start(world, {"code": "1.1", "title": "甲"}, {"code": "1.2", "due_on": "明天"})
        assert ledger_imports.counts(row) == {"new": 0, "changed": 1, "unchanged": 0, "refused": 1}
        ledger_imports.apply(row.pk, by=world.admin)
        assert Task.objects.get(pk=world.task.pk).title == "甲"

    def test_given_up_nothing_changes(self, world: World):
        row = start(world, {"code": "1.1", "title": "甲"})
        assert ledger_imports.discard(row.pk, by=world.admin).state == ImportState.DISCARDED
        with pytest.raises(MoveRefused):
            ledger_imports.apply(row.pk, by=world.admin)
        assert not Task.objects.filter(title="甲").exists()

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.LEADER, Role.CONTRIBUTOR, Role.AUDITOR, Role.VIEWER])
    def test_only_administrators_bring_ledgers_in(self, world: World, role: Role):
        row = start(world, {"code": "1.1", "title": "甲"})
        person = world.person(f"other-{role}", role, world.office)
        for act in (ledger_imports.apply, ledger_imports.renew, ledger_imports.discard):
            for who in (person, world.foreign_admin):
                with pytest.raises(NotPermitted):
                    act(row.pk, by=who)
