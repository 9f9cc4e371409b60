"""A small world for tests: a city above two districts, units, one person per role, a report, a plan, five tasks.

Everything after the report is made through the services, so that what the tests start from can really happen.
"""

import datetime
from functools import cached_property
from typing import Any

from tracker.enums import Nature, Role, UnitKind
from tracker.models import AnnualReport, EvidenceUse, Plan, Task, Unit, User, WorkArea
from tracker.reading import parse
from tracker.services import evidence, imports, plans, tasks

REPORT = """某市甲区人民政府2024年法治政府建设年度情况报告

日期:2025-03-01 09:00    来源:某市甲区人民政府

2024年,甲区推进法治政府建设。现将有关情况报告如下:

一、2024年主要举措和成效

1.完善制度。全年审核文件40件。组织培训3次。

2.规范执法。调解案件200件成功150件,成功率75%。

二、存在的不足及原因

一是培训覆盖还有不足。二是执法质量有待提高。主要原因是安排不够细,考核还要加强。

三、主要负责人履行第一责任人职责情况

区长主持召开常务会议。组织会前学法2次。

四、2025年工作安排

1.加强培训。继续组织全员培训,完成年度考试。

2.提升执法。开展执法评查,强化案卷管理,实现质量提升。公开评查结果。
"""
NEXT_REPORT = """某市甲区人民政府2025年法治政府建设年度情况报告

日期:2026-03-01 09:00    来源:某市甲区人民政府

2025年,甲区推进法治政府建设。现将有关情况报告如下:

一、2025年主要举措和成效

1.加强培训。全员培训和年度考试全部完成。召开新闻发布会4场。

二、存在的不足及原因

一是执法评查深度还有不足。主要原因是力量不够集中。

三、主要负责人履行第一责任人职责情况

区长主持召开常务会议。

四、2026年工作安排

1.提升执法。继续开展执法评查,建立联合惩戒名单。
"""
FOREIGN_REPORT = REPORT.replace("甲区", "乙区")
PASSWORD = "Right-horse-9"
YEAR_START, YEAR_END = datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)


class World:
    """Rows by name; `task` is the first of district 甲, led by the bureau once `confirmed`."""

    def __init__(self) -> None:
        self.city = self.unit("city", UnitKind.CITY, None, "某市")
        self.district = self.unit("jia", UnitKind.DISTRICT, self.city, "甲区")
        self.other_district = self.unit("yi", UnitKind.DISTRICT, self.city, "乙区")
        self.office = self.unit("office", UnitKind.OFFICE, self.district, "区政府办公室")
        self.justice = self.unit("justice", UnitKind.DEPARTMENT, self.district, "区司法局")
        self.bureau = self.unit("bureau", UnitKind.DEPARTMENT, self.district, "区培训局")
        self.second = self.unit("second", UnitKind.DEPARTMENT, self.district, "区执法局")
        self.foreign_bureau = self.unit("foreign", UnitKind.DEPARTMENT, self.other_district, "乙区培训局")
        self.admin = self.person("admin", Role.ADMINISTRATOR, self.office, is_staff=True)
        self.reviewer = self.person("reviewer", Role.REVIEWER, self.justice)
        self.reviewer_office = self.person("reviewer-office", Role.REVIEWER, self.office)
        self.leader = self.person("leader", Role.LEADER, self.district)
        self.auditor = self.person("auditor", Role.AUDITOR, self.district)
        self.viewer = self.person("viewer", Role.VIEWER, self.district)
        self.staff = self.person("staff", Role.CONTRIBUTOR, self.bureau)
        self.head = self.person("head", Role.UNIT_HEAD, self.bureau)
        self.second_staff = self.person("second-staff", Role.CONTRIBUTOR, self.second)
        self.second_head = self.person("second-head", Role.UNIT_HEAD, self.second)
        self.foreign_admin = self.person("foreign-admin", Role.ADMINISTRATOR, self.other_district, is_staff=True)
        self.foreign_staff = self.person("foreign-staff", Role.CONTRIBUTOR, self.foreign_bureau)
        self.city_leader = self.person("city-leader", Role.LEADER, self.city)

    @staticmethod
    def unit(code: str, kind: UnitKind, parent: Unit | None, name: str) -> Unit:
        return Unit.objects.create(code=code, kind=kind, parent=parent, name=name, short_name=name)

    @staticmethod
    def person(username: str, role: Role, unit: Unit, **extra: Any) -> User:
        return User.objects.create_user(
            username, password=PASSWORD, display_name=f"人-{username}", role=role, unit=unit, **extra
        )

    @cached_property
    def report(self) -> AnnualReport:
        return imports.store_report(parse(REPORT), government=self.district, year=2024, by=self.admin)

    @cached_property
    def plan(self) -> Plan:
        return self._plan(self.report, self.admin)

    @cached_property
    def tasks(self) -> list[Task]:
        plan = self.plan
        return [
            self._task(plan, self.admin, 1, 1, "继续组织全员培训"),
            self._task(plan, self.admin, 1, 2, "完成年度考试"),
            self._task(plan, self.admin, 2, 1, "开展执法评查"),
            self._task(plan, self.admin, 2, 2, "强化案卷管理,实现质量提升"),
        ]

    @property
    def task(self) -> Task:
        return self.tasks[0]

    @cached_property
    def foreign_task(self) -> Task:
        report = imports.store_report(
            parse(FOREIGN_REPORT), government=self.other_district, year=2024, by=self.foreign_admin
        )
        plan = self._plan(report, self.foreign_admin)
        return self._task(plan, self.foreign_admin, 1, 1, "继续组织全员培训")

    @cached_property
    def next_plan(self) -> Plan:
        """The plan of 2026, a draft, with two tasks: `next_tasks`."""
        report = imports.store_report(parse(NEXT_REPORT), government=self.district, year=2025, by=self.admin)
        return plans.create_plan(report, by=self.admin, year=2026)

    @cached_property
    def next_tasks(self) -> list[Task]:
        return [
            self._task(self.next_plan, self.admin, 1, 1, "继续开展执法评查"),
            self._task(self.next_plan, self.admin, 1, 2, "建立联合惩戒名单"),
        ]

    @staticmethod
    def _plan(report: AnnualReport, by: User) -> Plan:
        plan = plans.create_plan(report, by=by, year=2025, starts_on=YEAR_START, ends_on=YEAR_END)
        return plans.activate(plan, by=by)

    @staticmethod
    def _task(plan: Plan, by: User, area: int, serial: int, quote: str) -> Task:
        row = WorkArea.objects.get(plan=plan, number=area)
        start = plan.report.text.index(quote, row.start)
        return plans.create_task(row, by=by, serial=serial, quote=quote, start=start, title=quote)

    def confirmed(self, task: Task | None = None, *, unit: Unit | None = None, **values: Any) -> Task:
        """The task, confirmed for the bureau (or `unit`, whose first contributor or head becomes the owner)."""
        unit = unit or self.bureau
        owner = values.pop("owner", None) or User.objects.filter(unit=unit).order_by("pk")[0]
        given = {
            "lead_unit": unit,
            "owner": owner,
            "starts_on": YEAR_START,
            "due_on": YEAR_END,
            "due_basis": "分工会议纪要",
            "criteria": "完成培训\n通过考试",
            "nature": Nature.PHASED,
        }
        return tasks.confirm((task or self.task).pk, by=self.admin, **{**given, **values})

    def started(self, task: Task | None = None, *, progress: int = 50, **values: Any) -> Task:
        """Confirmed and reported once."""
        confirmed = self.confirmed(task, **values)
        by = User.objects.filter(unit=confirmed.lead_unit).order_by("pk")[0]
        return tasks.report(confirmed.pk, by=by, progress=progress, summary="已开展两期培训")

    def proof(self, task: Task, *, by: User | None = None, **values: Any) -> EvidenceUse:
        """An evidence item for the task."""
        given = {
            "kind": "notice",
            "title": "培训通知",
            "dated_on": datetime.date(2025, 2, 1),
            "address": "https://www.example.gov.cn/1.html",
            "disclosure": "public",
            "not_classified": True,
        }
        return evidence.deposit(task.pk, by=by or self.staff, claim="已培训", **{**given, **values})

    def submitted(self, task: Task | None = None) -> Task:
        """Started, with evidence, submitted by the contributor: awaits the head's signature."""
        started = self.started(task)
        self.proof(started)
        return tasks.submit(started.pk, by=self.staff, summary="培训和考试都已完成")

    def under_review(self, task: Task | None = None) -> Task:
        """Submitted and signed."""
        return tasks.sign(self.submitted(task).pk, by=self.head)

    def completed(self, task: Task | None = None) -> Task:
        """Reviewed and closed out."""
        done = self.under_review(task)
        self.accept_all(done)
        return tasks.approve(done.pk, by=self.reviewer)

    def accept_all(self, task: Task) -> None:
        for use in EvidenceUse.objects.filter(task=task):
            evidence.judge(use.pk, by=self.reviewer, authentic=True, timely=True, relevant=True)
