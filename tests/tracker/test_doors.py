"""Every address × every role × own unit, other unit, other government, unit above.

The list of addresses is made from the resolver: a new one that nobody has listed here fails.
"""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from reports.services import duties, reviews
from tests.kept import kept
from tests.reports.worlds import prepared
from tests.tracker.conftest import TODAY
from tests.tracker.importing.conftest import TEXT
from tests.worlds import REPORT
from tracker import clock
from tracker.models import AddressCheck, EvidenceUse, MeasureLink, Succession, Task, TaskEvent, User
from tracker.services import files, ledger_imports, notices, report_corrections, report_imports, requests, trace
from tracker.spreadsheets import Row, Sheet

OK, REDIRECT, FORBIDDEN, NOT_FOUND, NOT_ALLOWED, CONFLICT = 200, 302, 403, 404, 405, 409
# Names of addresses that need an object of the plan, with their arguments.
OF_THE_PLAN = {
    "home": lambda w: [w.plan.pk],
    "ledger": lambda w: [w.plan.pk],
    "ledger_csv": lambda w: [w.plan.pk],
    "living_report": lambda w: [w.plan.pk],
    "dispose_section": lambda w: [w.plan.pk, w.link.measure.section_id],
    "dispose_shortcoming": lambda w: [w.plan.pk, w.shortcoming.pk],
    "review_queue": lambda w: [w.plan.pk],
    "task": lambda w: [w.open_task.pk],
    "report_progress": lambda w: [w.open_task.pk],
    "no_change": lambda w: [w.open_task.pk],
    "contribute": lambda w: [w.open_task.pk],
    "move": lambda w: [w.open_task.pk, "submit"],
    "request_change": lambda w: [w.open_task.pk, "adjustment"],
    "requests": lambda w: [w.plan.pk],
    "notices": lambda w: [w.plan.pk],
    "notice": lambda w: [w.notice.pk],
    "escalate_notice": lambda w: [w.notice.pk],
    "issue_notice": lambda w: [w.open_task.pk],
    "demand": lambda w: [w.open_task.pk, "urge"],
    "burden": lambda w: [w.plan.pk],
    "decide_request": lambda w: [w.request.pk],
    "withdraw_request": lambda w: [w.request.pk],
    "raise_light": lambda w: [w.open_task.pk],
    "ask_contribution": lambda w: [w.open_task.pk],
    "remark": lambda w: [w.open_task.pk],
    "set_milestones": lambda w: [w.open_task.pk],
    "sign_off": lambda w: [w.open_task.pk],
    "review": lambda w: [w.open_task.pk],
    "evidence_new": lambda w: [w.open_task.pk],
    "evidence": lambda w: [w.use.evidence_id],
    "evidence_file": lambda w: [w.filed.pk],
    "evidence_picture": lambda w: [w.filed.pk],
    "evidence_preview": lambda w: [w.filed.pk],
    "look_again": lambda w: [w.use.evidence_id],
    "judge": lambda w: [w.use.pk],
    "evidence_withdraw": lambda w: [w.use.pk],
    "take_newer": lambda w: [w.use.pk],
    "settle_measure_link": lambda w: [w.link.pk, "confirm"],
    "evidence_library": lambda w: [w.plan.pk],
    "figures": lambda w: [w.plan.pk],
    "figure_indicator": lambda w: [w.plan.pk, w.report.figures.first().pk],
    "trace": lambda w: [w.plan.pk],
    "changes": lambda w: [w.plan.pk],
    "changes_workbook": lambda w: [w.plan.pk],
    "progress_reviews": lambda w: [w.plan.pk],
    "prepare_review": lambda w: [w.plan.pk],
    "progress_review": lambda w: [w.review.pk],
    "edit_review": lambda w: [w.review.pk],
    "meeting": lambda w: [w.review.pk, w.item.pk],
    "meeting_draft": lambda w: [w.review.pk, w.item.pk],
    "close_review": lambda w: [w.review.pk],
    "reopen_review": lambda w: [w.closed_review.pk],
    "review_record": lambda w: [w.closed_review.pk],
    "review_picture": lambda w: [w.closed_review.pk],
    "record_document": lambda w: [w.closed_review.pk],
    "notice_sheet": lambda w: [w.notice.pk],
    "bulletin": lambda w: [w.plan.pk],
    "ledger_workbook": lambda w: [w.plan.pk],
    "annual_draft": lambda w: [w.plan.pk],
    "draft_check": lambda w: [w.plan.pk],
    "draft_document": lambda w: [w.plan.pk],
    "overview": lambda w: [w.plan.pk],
    "overview_workbook": lambda w: [w.plan.pk],
    "trace_workbook": lambda w: [w.plan.pk],
    "written_file": lambda w: [w.plan.pk, "no-ticket"],
    "disclosure": lambda w: [w.plan.pk],
    "public_preview": lambda w: [w.plan.pk],
    "switch_public": lambda w: [w.plan.pk],
    "public_ledger_csv": lambda w: [w.plan.pk],
    "public_ledger_workbook": lambda w: [w.plan.pk],
    "rectification": lambda w: [w.plan.pk],
    "rectification_workbook": lambda w: [w.plan.pk],
    "edit_rectification": lambda w: [w.plan.pk, w.shortcoming.pk],
    "calendar": lambda w: [w.plan.pk],
    "duties": lambda w: [w.plan.pk],
    "duty": lambda w: [w.duty.pk],
    "remove_duty": lambda w: [w.duty.pk],
    "shortcoming": lambda w: [w.plan.pk, w.shortcoming.pk],
    "activate_plan": lambda w: [w.plan.pk],
    "ledger_upload": lambda w: [w.plan.pk],
    "ledger_import": lambda w: [w.ledger_import.pk],
    "import": lambda w: [w.report_import.pk],
    "correct_report": lambda w: [w.plan.report_id],
    "report_correction": lambda w: [w.correction.pk],
    "import_units": lambda w: [w.report_import.pk],
    "import_create": lambda w: [w.report_import.pk],
    "import_discard": lambda w: [w.report_import.pk],
    "link_task": lambda w: [w.open_task.pk],
    "settle_links": lambda w: [w.plan.pk],
    "link_section": lambda w: [w.plan.pk, w.link.measure.section_id],
    "link_shortcoming": lambda w: [w.plan.pk, w.shortcoming.pk],
    "edit_measure_link": lambda w: [w.link.pk],
    "edit_shortcoming_link": lambda w: [w.shortcoming_link.pk],
    "roll_over": lambda w: [w.plan.pk],
    "close_plan": lambda w: [w.plan.pk],
    "reopen_plan": lambda w: [w.plan.pk],
    "carry_over": lambda w: [w.open_task.pk],
    "predecessors": lambda w: [w.plan.pk],
    "propose_successions": lambda w: [w.plan.pk],
    "settle_successions": lambda w: [w.plan.pk],
    "settle_succession": lambda w: [w.succession.pk, "confirm"],
    "link_task_predecessor": lambda w: [w.plan.pk, w.open_task.pk],
    "link_measure_predecessor": lambda w: [w.plan.pk, w.link.measure_id],
    "settle_shortcoming_link": lambda w: [w.shortcoming_link.pk, "confirm"],
}
OF_NOBODY = {
    "start",
    "account",
    "calendar_address",
    "calendar_feed",
    "imports",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "set_language",
    # For anyone, while the public edition is on: tests/reports/test_public.py.
    "public_ledger",
    "public_csv",
    "public_workbook",
}
# Who of the own government opens the page; the rest of the own government is refused with 403 or 409.
EVERYONE = {
    *("home", "ledger", "ledger_csv", "living_report", "trace", "evidence_library", "figures", "task", "evidence"),
    *("evidence_file", "trace_workbook", "evidence_picture", "evidence_preview", "requests", "shortcoming", "changes"),
    *("changes_workbook", "progress_reviews", "review_record", "review_picture"),
    *("record_document", "bulletin", "ledger_workbook"),
    *("overview", "overview_workbook"),
    *("calendar", "duties"),
    "notices",
    "predecessors",
    *("public_preview", "public_ledger_csv", "public_ledger_workbook", "rectification", "rectification_workbook"),
}
DOCUMENTS = ("record_document", "bulletin", "ledger_workbook", "overview_workbook")
LEDGERS = ("public_ledger_csv", "public_ledger_workbook", "rectification_workbook")
FILES = {
    "evidence_file",
    "evidence_picture",
    "trace_workbook",
    "changes_workbook",
    "review_picture",
    *DOCUMENTS,
    *LEDGERS,
}
# For some of the own government these rows do not exist.
OF_SOME = {
    *("ledger_import", "import", "import_units", "import_create", "import_discard"),
    *(
        "correct_report",
        "report_correction",
        "decide_request",
        "withdraw_request",
        "notice",
        "escalate_notice",
        "notice_sheet",
    ),
    *("progress_review", "edit_review", "meeting", "close_review", "meeting_draft"),
    *("annual_draft", "draft_check", "draft_document"),
    # Of a draft plan, and of a plan without one before it.
    *("settle_succession", "link_task_predecessor", "link_measure_predecessor"),
}
POST_ONLY = {
    *("activate_plan", "judge", "look_again", "evidence_withdraw", "remove_duty", "take_newer"),
    *("settle_measure_link", "settle_shortcoming_link", "settle_links", "meeting_draft", "switch_public"),
    *("close_plan", "reopen_plan", "propose_successions", "settle_succession", "settle_successions"),
}
LOOKED_AT = EVERYONE - {"shortcoming", "duties"} | {"review_queue", "burden", "notice_sheet", "written_file"}
LOOKED_AT |= {"draft_check", "draft_document"}
PEOPLE = [
    "admin",
    "reviewer",
    "reviewer_office",
    "leader",
    "auditor",
    "viewer",
    "staff",
    "head",
    "second_staff",
    "second_head",
]
FOREIGN = ["foreign_admin", "foreign_staff"]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with kept(django_db_blocker, furnished) as world:
        yield world


@pytest.fixture
def plan_world(db, built):
    with clock.at(TODAY):
        yield built


def furnished(world):
    """The world with a task in progress that has evidence and proposed links, and all that hangs on it."""
    task = world.started()
    world.open_task = task
    world.use = world.proof(task)
    world.request = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
    world.notice = notices.issue(
        task.pk, by=world.reviewer, demand="请加快", limit_on=clock.today(), basis="常务会纪要3号"
    )
    AddressCheck.objects.create(evidence=world.use.evidence, checked_at=clock.now(), outcome="alive")
    picture = files.keep("现场.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20, by=world.staff)
    world.filed = world.proof(task, file=picture, title="现场照片").evidence
    section = task.plan.report.parts.get(kind="measures").sections.first()
    words = {"by": world.admin, "strength": "direct", "rationale": "同一事项"}
    world.link = trace.propose(task, section.measures.first(), **words)
    world.shortcoming = task.plan.report.parts.get(kind="shortcomings").shortcomings.first()
    world.shortcoming_link = trace.propose(task, world.shortcoming, **words)
    world.report_import = report_imports.start(TEXT, by=world.admin)
    rows = Sheet((Row(2, {"code": "1.1", "title": "改名"}),), {"code": "序号"}, (), (), "台账", ())
    world.correction = report_corrections.start(
        world.report, REPORT.replace("40件", "41件"), by=world.admin, reason="更正"
    )
    world.closed_review = prepared(world)
    reviews.close(world.closed_review.pk, by=world.reviewer)
    world.review = prepared(world)
    world.item = world.review.items.first()
    words = {"kind": "meeting", "on": clock.today(), "leader": "区长", "words": "主持召开常务会议"}
    world.duty = duties.add(world.plan, by=world.reviewer, **words)
    world.succession = Succession.objects.create(predecessor=task, task=world.next_tasks[0])
    world.ledger_import = ledger_imports.start(world.plan, rows, by=world.admin, name="台账.csv")
    return world


def names():
    roots = [get_resolver(root).url_patterns for root in ("tracker.urls", "reports.urls")]
    return {pattern.name for patterns in roots for pattern in patterns}


def test_every_address_is_listed_here():
    from config import urls

    listed = set(OF_THE_PLAN) | OF_NOBODY
    assert names() | {p.name for p in urls.urlpatterns if getattr(p, "name", None)} == listed


@pytest.mark.parametrize("name", sorted(OF_THE_PLAN))
def test_nobody_gets_in_without_signing_in(plan_world, name):
    address = reverse(name, args=OF_THE_PLAN[name](plan_world))
    answer = Client().get(address)
    assert answer.status_code == REDIRECT
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", sorted(OF_THE_PLAN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_government_finds_nothing(plan_world, signed_in, name, method):
    address = reverse(name, args=OF_THE_PLAN[name](plan_world))
    for who in FOREIGN:
        answer = getattr(signed_in(getattr(plan_world, who)), method)(address)
        expected = {NOT_ALLOWED} if method == "get" and name in POST_ONLY else {NOT_FOUND}
        if method == "post" and name in LOOKED_AT:
            expected = {NOT_ALLOWED}
        assert answer.status_code in expected, who


@pytest.mark.parametrize("name", sorted(OF_THE_PLAN))
def test_a_look_never_changes_anything(plan_world, signed_in, name):
    before = (TaskEvent.objects.count(), list(Task.objects.values_list("version", "status")))
    verdicts = list(EvidenceUse.objects.values_list("verdict")) + list(MeasureLink.objects.values_list("state"))
    for who in PEOPLE:
        answer = signed_in(getattr(plan_world, who)).get(reverse(name, args=OF_THE_PLAN[name](plan_world)))
        allowed = {NOT_ALLOWED} if name in POST_ONLY else {OK, REDIRECT, FORBIDDEN, CONFLICT}
        allowed |= {NOT_FOUND} if name in OF_SOME else set()
        assert answer.status_code in allowed, who
        if name in EVERYONE:
            assert answer.status_code == OK, who
    assert (TaskEvent.objects.count(), list(Task.objects.values_list("version", "status"))) == before
    after = list(EvidenceUse.objects.values_list("verdict")) + list(MeasureLink.objects.values_list("state"))
    assert after == verdicts


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_the_city_above_reads(plan_world, signed_in, name):
    address = reverse(name, args=OF_THE_PLAN[name](plan_world))
    assert signed_in(plan_world.city_leader).get(address).status_code == OK


@pytest.mark.parametrize("name", sorted(set(OF_THE_PLAN) - EVERYONE))
def test_the_city_above_writes_nothing(plan_world, signed_in, name):
    before = TaskEvent.objects.count()
    city_reviewer = plan_world.person("city-reviewer", "reviewer", plan_world.city)
    for user in (plan_world.city_leader, city_reviewer):
        answer = signed_in(user).post(
            reverse(name, args=OF_THE_PLAN[name](plan_world)),
            {"reason": "x", "summary": "x", "progress": "60", "kind": "dropped", "version": "3", "light": "red"},
        )
        assert answer.status_code in {FORBIDDEN, NOT_FOUND, NOT_ALLOWED, CONFLICT, OK}, name
    assert TaskEvent.objects.count() == before


@pytest.mark.parametrize("name", ["report_progress", "no_change", "move", "evidence_new"])
def test_another_unit_of_the_government_writes_nothing(plan_world, signed_in, name):
    before = TaskEvent.objects.count()
    for who in ("second_staff", "second_head", "leader", "auditor", "viewer"):
        answer = signed_in(getattr(plan_world, who)).post(
            reverse(name, args=OF_THE_PLAN[name](plan_world)), {"summary": "x", "progress": "60", "version": "3"}
        )
        assert answer.status_code in {FORBIDDEN, CONFLICT}, who
    assert TaskEvent.objects.count() == before


def test_a_form_without_its_token_is_refused(plan_world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(plan_world.staff, backend="tracker.authentication.UnitBackend")
    answer = client.post(reverse("report_progress", args=[plan_world.open_task.pk]), {"summary": "x"})
    assert answer.status_code == FORBIDDEN


def test_rights_taken_away_in_the_middle_of_a_session_are_gone(plan_world, signed_in):
    client = signed_in(plan_world.staff)
    address = reverse("task", args=[plan_world.open_task.pk])
    assert client.get(address).status_code == OK
    User.objects.filter(pk=plan_world.staff.pk).update(is_active=False)
    assert client.get(address).status_code == REDIRECT


def test_internal_evidence_is_for_the_units_of_the_task_and_for_oversight(plan_world, signed_in):
    item = plan_world.proof(plan_world.open_task, disclosure="internal", title="内部统计").evidence
    address = reverse("evidence", args=[item.pk])
    seen = {who for who in PEOPLE if signed_in(getattr(plan_world, who)).get(address).status_code == OK}
    assert seen == {"admin", "reviewer", "reviewer_office", "leader", "auditor", "staff", "head"}


def test_every_page_sends_a_strict_policy(plan_world, signed_in):
    for name in EVERYONE - {"ledger_csv"} - FILES:
        answer = signed_in(plan_world.staff).get(reverse(name, args=OF_THE_PLAN[name](plan_world)))
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        body = answer.content.decode()
        assert " style=" not in body
        assert "<script>" not in body
        assert " onclick=" not in body
