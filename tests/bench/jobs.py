"""`make bench`: what the long jobs cost, each in a process of its own: CPU seconds and largest memory.

Reading a report of 10,000 characters and of 1 MB, the import page, one correction, creating a plan of 300 tasks,
comparing a corrected text, the preview of a ledger of 10,000 rows, looking at 1,000 web addresses, sending reminders
to 2,000 people, verifying a chain of 100,000 lines of history, Word files of 300 tasks, a review of 3,000 tasks,
writing a ledger of 10,000 tasks: as CSV, as a workbook while its page is, and again with two reports on each task,
and the overview of 3,000 as a workbook.
"""

import io
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.run import environment  # noqa: E402

REPORT = ROOT / "tracker" / "data" / "xicheng_2025" / "report.txt"
HAN = "一二三四五六七八九十"
VERBS = ("制定", "开展", "建立", "完善", "推进", "深化")
NOUNS = ("行政执法", "复议案件", "普法宣传", "信息公开", "政务服务")
THINGS = ("目录", "机制", "培训", "评查", "台账")
REPEATED = 5
CHAIN = 100_000


def main() -> None:
    if len(sys.argv) > 1:
        environment(Path(sys.argv[2]))
        JOBS[sys.argv[1]]()
        return
    print(f"{'job':44}{'CPU ms':>9}{'memory MB':>11}")
    with tempfile.TemporaryDirectory() as folder:
        environment(Path(folder))
        prepare()
        for name in JOBS:
            subprocess.run([sys.executable, __file__, name, folder], check=True, cwd=ROOT)


def prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("demo", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115


@contextmanager
def counted(name: str, times: int = 1) -> Iterator[None]:
    """Print the CPU time of one of `times` runs inside the block, and the largest memory of the process so far."""
    before = time.process_time()
    yield
    spent = (time.process_time() - before) / times * 1000
    print(f"{name:44}{spent:9.1f}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:11d}", flush=True)


def read_short() -> None:
    from tracker.reading import parse

    text = (REPORT.read_text(encoding="utf-8") * 3)[:10_000]
    parse(text)
    with counted("read a report of 10,000 characters", REPEATED):
        for _run in range(REPEATED):
            parse(text)


def read_long() -> None:
    from tracker.reading import parse

    text = (REPORT.read_text(encoding="utf-8") * 300)[:1_000_000]
    with counted("read a text of 1,000,000 characters"):
        parse(text)


def work_on_import() -> None:
    from django.urls import reverse

    client, user = signed_in()
    from tracker.importing.doubts import doubts
    from tracker.services import report_imports

    row = report_imports.start(REPORT.read_text(encoding="utf-8"), by=user)
    address = reverse("import", args=[row.pk])
    client.get(address)
    with counted("import page of the published report", REPEATED):
        for _run in range(REPEATED):
            client.get(address)
    doubt = next(row for row in doubts(report_imports.draft_of(row)) if row.open)
    sent = {"act": "settle", "name": doubt.name, "choice": doubt.choices[0], "version": row.version}
    with counted("one correction, saved and drawn again"):
        answer = client.post(address, sent, headers={"HX-Request": "true"})
    if answer.status_code != 200:
        raise SystemExit(f"the correction was answered with {answer.status_code}")


def create_plan() -> None:
    _client, user = signed_in()
    from tracker.services import report_imports

    row = report_imports.start(long_report(), by=user)
    with counted("create a plan of 300 tasks"):
        plan = report_imports.create(row.pk, by=user)
    if plan.tasks.count() < 300:
        raise SystemExit(f"only {plan.tasks.count()} tasks were created")


def correct_text() -> None:
    from django.urls import reverse

    client, user = signed_in()
    from tracker.models import AnnualReport
    from tracker.services import report_corrections

    report = AnnualReport.objects.get(year=2024)
    text = report.text.replace("1197", "1198").replace("开展财会监督", "开展好财会监督")
    row = report_corrections.start(report, text, by=user, reason="更正")
    address = reverse("report_correction", args=[row.pk])
    client.get(address)
    with counted("preview of a corrected text", REPEATED):
        for _run in range(REPEATED):
            client.get(address)


def read_ledger() -> None:
    _client, user = signed_in()
    from tracker.models import Plan
    from tracker.services import ledger_imports

    content = long_ledger()
    plan = Plan.objects.get(year=2025)
    with counted("preview of a ledger of 10,000 rows (.xlsx)"):
        sheet = ledger_imports.read("台账.xlsx", content)
        row = ledger_imports.start(plan, sheet, by=user, name="台账.xlsx")
    if len(row.rows) != 10_000:
        raise SystemExit(f"{len(row.rows)} rows were read")


def check_links() -> None:
    """1,000 addresses on a local server under twenty names for hosts; prints the time on the clock too."""
    import django

    django.setup()
    from django.conf import settings

    from tests.tracker.fetching.site import site
    from tracker import clock
    from tracker.enums import Disclosure, EvidenceKind
    from tracker.models import Evidence, Plan, Task, User
    from tracker.services import link_checks

    plan, task, person = Plan.objects.first(), Task.objects.first(), User.objects.exclude(unit=None).first()
    assert plan is not None and task is not None and person is not None
    with site(everywhere=True) as server:
        hosts = [f"127.0.0.{number}:{server.server_port}" for number in range(1, 21)]
        settings.CHECK_LINKS_HOSTS = hosts
        common = {"plan": plan, "task": task, "unit": person.unit, "kind": EvidenceKind.WEB_PAGE}
        common |= {"disclosure": Disclosure.PUBLIC, "dated_on": plan.starts_on, "not_classified": True}
        common |= {"deposited_by": person, "deposited_at": clock.now()}
        rows = [
            Evidence(
                number=f"bench-{number}", title="页", address=f"http://{hosts[number % 20]}/fine/{number}", **common
            )
            for number in range(1000)
        ]
        Evidence.objects.bulk_create(rows)
        began = time.monotonic()
        items = [item for item in link_checks.due() if "127.0.0." in item[1]]
        with counted("check 1,000 addresses"):
            link_checks.run(items)
        print(f"{'  on the clock':44}{(time.monotonic() - began) * 1000:9.1f}", flush=True)
        print(f"{'  connections at once, at most':44}{server.most:9d}", flush=True)


def send_reminders() -> None:
    """3,000 tasks of 2,000 people, all past their due dates, to no mail server; prints the time on the clock too."""
    os.environ.update(EMAIL_URL="dummymail://", SITE_ADDRESS="https://tracker.example.gov.cn")
    import django

    django.setup()
    from django.db import models

    from tests.bench import fill
    from tracker.models import Plan, ReminderMessage, Task, Unit, User
    from tracker.services import reminder_messages

    plan = Plan.objects.get(year=2025)
    fill.repeat_tasks(plan, 3_000)
    units = list(Unit.objects.filter(led_tasks__plan=plan).distinct())
    names = [f"bench-{number}" for number in range(2_000)]
    people = [
        User(username=name, display_name=name, email=f"{name}@tracker.example", role="contributor", unit=units[0])
        for name in names
    ]
    User.objects.update(email="")
    people = User.objects.bulk_create(people)
    tasks = list(Task.objects.filter(plan=plan))
    for number, task in enumerate(tasks):
        task.owner, task.lead_unit = people[number % len(people)], units[0]
    models.QuerySet(Task).bulk_update(tasks, ["owner", "lead_unit"], batch_size=500)
    models.QuerySet(Task).filter(plan=plan).exclude(due_on=None).update(due_on="2025-09-12", starts_on="2025-01-01")
    fill.analyse()
    began = time.monotonic()
    with counted("send reminders to 2,000 people"):
        waiting = reminder_messages.waiting()
        sent = reminder_messages.run(waiting)
    print(f"{'  on the clock':44}{(time.monotonic() - began) * 1000:9.1f}", flush=True)
    if sent["sent"] != 2_000 or ReminderMessage.objects.filter(state="sent").count() != 2_000:
        raise SystemExit(f"{dict(sent)} were sent")


def verify_chain() -> None:
    """A chain of 100,000 lines."""
    import django

    django.setup()
    from django.db import models

    from tracker.models import TaskEvent
    from tracker.services import history

    tail = TaskEvent.objects.order_by("-sequence").first()
    assert tail is not None
    lines, sequence, previous = [], tail.sequence, tail.digest
    while sequence < CHAIN:
        sequence += 1
        values = {field.attname: getattr(tail, field.attname) for field in TaskEvent._meta.concrete_fields}
        line = TaskEvent(**values | {"id": None, "sequence": sequence, "previous_digest": previous})
        line.digest = previous = history.digest_of(line)
        lines.append(line)
    models.QuerySet(TaskEvent).bulk_create(lines, batch_size=500)
    with counted("verify a chain of 100,000 lines"):
        assert history.verify() == CHAIN


def hold_review() -> None:
    """A review of 3,000 tasks with ten lines of history each: prepared, closed, compared with the one before."""
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from reports.presenters import comparison
    from reports.services import reviews
    from tests.bench import fill
    from tracker import clock
    from tracker.models import Plan, User

    plan = Plan.objects.select_related("government", "report").get(year=2025)
    person = User.objects.get(username="reviewer")
    fill.repeat_tasks(plan, 3000)
    fill.repeat_history(plan, 10)
    fill.analyse()
    kept = []
    for number in ("first", "second"):
        with counted(f"prepare a review of 3,000 tasks, {number}"):
            review = reviews.prepare(plan, by=person, kind="monthly", on=clock.today(), chair="区长")
        with counted(f"close it, {number}"):
            kept.append(reviews.close(review.pk, by=person).review_id)
    with CaptureQueriesContext(connection) as looking, counted("compare two reviews of 3,000 tasks"):
        sides = [comparison.side_of(plan, f"review-{key}", person) for key in kept]
        assert sides[0] is not None and sides[1] is not None
        comparison.compare(plan, sides[0], sides[1])
    print(f"{'  statements':44}{len(looking):9d}", flush=True)


def write_ledger() -> None:
    """The ledger of 10,000 tasks, as the page hands it out; the workbook is written while its page is."""
    client, _user = signed_in()
    from tests.bench import fill
    from tracker.models import Plan

    plan = Plan.objects.get(year=2025)
    fill.repeat_tasks(plan, 10_000)
    fill.analyse()
    with counted("write a ledger of 10,000 tasks (.csv)"):
        b"".join(client.get(f"/plans/{plan.pk}/ledger.csv").streaming_content)
    write_workbook(client, plan, "write a ledger of 10,000 tasks (.xlsx)")
    fill.repeat_history(plan, 2)
    fill.analyse()


def write_reported_ledger() -> None:
    """After `write_ledger`, which leaves two reports on each of its tasks."""
    client, _user = signed_in()
    from tracker.models import Plan

    write_workbook(client, Plan.objects.get(year=2025), "the same with two reports on each")


def write_workbook(client: Any, plan: Any, name: str) -> None:
    with counted(name):
        page = b"".join(client.get(f"/plans/{plan.pk}/ledger.xlsx").streaming_content).decode()
    way = re.search(r'content="0; url=([^"]+)"', page)
    assert way is not None
    content = b"".join(client.get(way[1]).streaming_content)
    print(f"{'  kilobytes':44}{len(content) // 1024:9d}", flush=True)


def write_overview() -> None:
    """The overview of 3,000 tasks with ten lines of history each as a workbook, today and as of a past day."""
    client, _user = signed_in()
    from tests.bench import fill
    from tracker.models import Plan

    plan = Plan.objects.get(year=2025)
    fill.repeat_tasks(plan, 3_000)
    fill.repeat_history(plan, 10)
    fill.analyse()
    for name, query in (("today", ""), ("as of a past day", "?as_of=2025-06-30")):
        with counted(f"write the overview {name} (.xlsx)"):
            answer = client.get(f"/plans/{plan.pk}/overview.xlsx{query}")
        if answer.status_code != 200:
            raise SystemExit(f"the overview was answered with {answer.status_code}")


def write_documents() -> None:
    """The Word files of a plan of 300 tasks."""
    client, _user = signed_in()
    from reports.services import reviews
    from tests.bench import fill
    from tracker import clock
    from tracker.models import Plan, User

    plan = Plan.objects.select_related("government", "report").get(year=2025)
    fill.repeat_tasks(plan, 300)
    person = User.objects.get(username="reviewer")
    review = reviews.prepare(plan, by=person, kind="monthly", on=clock.today(), chair="区长")
    reviews.close(review.pk, by=person)
    for name, address in (
        ("bulletin", f"/plans/{plan.pk}/bulletin.docx"),
        ("record of a review", f"/reviews/{review.pk}/record.docx"),
        ("draft of the annual report", f"/plans/{plan.pk}/annual-report.docx"),
    ):
        with counted(f"write the {name}, 300 tasks (.docx)"):
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} was answered with {answer.status_code}")


def signed_in() -> tuple[Any, Any]:
    """A browser of the administrator, and the administrator."""
    import django

    django.setup()
    from django.test import Client

    from tracker.models import User

    user = User.objects.get(username="admin")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="tracker.authentication.UnitBackend")
    return client, user


def long_report() -> str:
    """A report of 2030 with ten items of measures and of arrangements, the latter of 30 commitments each."""
    measures = "".join(
        f"（{HAN[item]}）加强第{item + 1}类工作。"
        + "".join(f"完成{NOUNS[place % 5]}{place * 7 + item + 3}件。" for place in range(12))
        + "\n\n"
        for item in range(10)
    )
    arrangements = "".join(
        f"（{HAN[item]}）推进第{item + 1}类工作。"
        + "".join(
            f"{VERBS[place % 6]}{NOUNS[(place + item) % 5]}{THINGS[place % 5]}{item}号{place}项。"
            for place in range(30)
        )
        + "\n\n"
        for item in range(10)
    )
    return (
        f"丙县人民政府2030年法治政府建设年度情况报告\n\n一、2030年主要举措和成效\n\n{measures}"
        f"二、存在的不足\n\n一是复议调解不够。二是普法形式单一。\n\n三、2031年工作安排\n\n{arrangements}"
        "丙县人民政府\n2031年3月1日\n"
    )


def long_ledger() -> bytes:
    """A workbook of 10,000 rows with the columns of the internal ledger."""
    import openpyxl  # type: ignore[import-untyped]

    from tracker.presenters.ledger import CSV_HEADS

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(list(CSV_HEADS))
    for number in range(10_000):
        values = [
            f"{number % 6 + 1}.{number}",
            "统筹谋划",
            f"任务{number}",
            "开展执法评查",
            "举措1",
            "区司法局",
            "区财政局",
        ]
        more = ["李四", "", "", "2025-11-30", "要点", "推进中", "绿", "进展情况说明文字" * 5]
        sheet.append([*values, *more, *[""] * (len(CSV_HEADS) - 16), "备注"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


JOBS: dict[str, Callable[[], None]] = {
    "read_short": read_short,
    "read_long": read_long,
    "work_on_import": work_on_import,
    "create_plan": create_plan,
    "correct_text": correct_text,
    "read_ledger": read_ledger,
    "check_links": check_links,
    "send_reminders": send_reminders,
    "verify_chain": verify_chain,
    "write_documents": write_documents,
    "hold_review": hold_review,
    "write_ledger": write_ledger,
    "write_reported_ledger": write_reported_ledger,
    "write_overview": write_overview,
}

if __name__ == "__main__":
    main()
