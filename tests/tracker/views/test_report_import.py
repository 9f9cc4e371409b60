"""The pages on which a report is read in: as plain forms, by fragments, for the right people, in few statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.tracker.importing.conftest import TEXT
from tests.worlds import World
from tracker.enums import ImportState, PlanState
from tracker.models import Plan, ReportImport, Task, User
from tracker.presenters.rollover import untaken_warning
from tracker.services import report_imports, rollover, successions

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def begun(world: World) -> ReportImport:
    world.bureau.remit = "行政复议、调解"
    world.bureau.save()
    return report_imports.start(TEXT, by=world.admin, name="report.txt")


def address(row: ReportImport, name: str = "import") -> str:
    return reverse(name, args=[row.pk])


def version(row: ReportImport) -> int:
    return ReportImport.objects.get(pk=row.pk).version


def test_a_pasted_text_and_a_file_begin_an_import(world: World, signed_in: SignIn):
    client = signed_in(world.admin)
    for sent in ({"text": TEXT}, {"file": SimpleUploadedFile("报告.txt", TEXT.encode("gb18030"))}):
        answer = client.post(reverse("imports"), sent)
        row = ReportImport.objects.latest("pk")
        assert answer.status_code == 302 and answer["Location"] == address(row)
    assert ReportImport.objects.latest("pk").name == "报告.txt"
    assert "报告.txt" in client.get(reverse("imports")).content.decode()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "file"),
        ({"text": "春天来了。"}, "text"),
        ({"text": TEXT, "file": SimpleUploadedFile("a.txt", b"x")}, "text"),
        ({"file": SimpleUploadedFile("a.docx", b"MZ\x90\0" + b"\0" * 60)}, "file"),
        ({"text": TEXT, "address": "javascript:alert(1)"}, "address"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_what_was_typed_stays(
    world: World, signed_in: SignIn, sent: dict[str, Any], field: str
):
    answer = signed_in(world.admin).post(reverse("imports"), sent)
    assert answer.status_code == 400 and answer.context["form"].errors[field]
    assert sent.get("text", "") in answer.content.decode()
    assert not ReportImport.objects.exists()


def test_limits_are_told_before_they_are_met(world: World, signed_in: SignIn):
    page = signed_in(world.admin).get(reverse("imports")).content.decode()
    assert "10 MB" in page and str(report_imports.MOST_CHARACTERS) in page


def test_the_sample_belongs_to_the_demonstration(world: World, signed_in: SignIn, settings: Any):
    client = signed_in(world.admin)
    settings.DEMONSTRATION = False
    assert "sample" not in client.get(reverse("imports")).content.decode()
    assert client.post(reverse("imports"), {"sample": "1"}).status_code == 403
    settings.DEMONSTRATION = True
    assert client.post(reverse("imports"), {"sample": "1"}).status_code == 302
    draft = report_imports.draft_of(ReportImport.objects.get())
    assert draft.head.year == 2025 and len(draft.shortcomings) == len(draft.causes) == 3


def test_every_word_of_the_text_is_on_the_page_once(world: World, signed_in: SignIn, begun: ReportImport):
    answer = signed_in(world.admin).get(address(begun))
    shown = "".join(
        piece.text
        for stretch in answer.context["stretches"]
        for paragraph in stretch.paragraphs
        for run in paragraph.runs
        for piece in run.pieces
    )
    headings = sum(len(f"{part.number}{part.heading}") for part in report_imports.draft_of(begun).parts)
    assert len("".join(shown.split())) == len("".join(begun.text.split())) - headings


@pytest.mark.parametrize("copies", [1, 20])
def test_statements_do_not_grow_with_the_text(world: World, signed_in: SignIn, copies: int):
    more = (
        "".join(f"（{number}）加强第{number}项工作。开展调查。" for number in "三四五六七八九十"[: copies % 9 + 1])
        * copies
    )
    row = report_imports.start(
        TEXT.replace("\n\n丙县人民政府\n2026", f"\n\n{more}\n\n丙县人民政府\n2026"), by=world.admin
    )
    client = signed_in(world.admin)
    client.get(address(row))
    with CaptureQueriesContext(connection) as reading:
        client.get(address(row))
    assert len(reading) == 4  # read at once: the next request starts the log afresh
    with CaptureQueriesContext(connection) as writing:
        client.post(address(row), {"act": "settle_all", "version": "1"}, headers=FRAGMENT)
    assert len(writing) <= 12


def test_a_correction_without_script_comes_back_to_the_words(world: World, signed_in: SignIn, begun: ReportImport):
    draft = report_imports.draft_of(begun)
    key = next(row.key for row in draft.clauses if draft.words(row).startswith("统筹普法"))
    answer = signed_in(world.admin).post(
        address(begun), {"act": "set_role", "key": key, "role": "left", "version": begun.version}
    )
    assert answer.status_code == 302 and f"at={key}" in answer["Location"]
    page = signed_in(world.admin).get(answer["Location"])
    assert page.context["chosen"]["key"] == key and page.context["uncovered"] < 100


def test_a_correction_by_fragment_answers_with_the_page_at_once(world: World, signed_in: SignIn, begun: ReportImport):
    sent = {"act": "settle_all", "version": begun.version}
    answer = signed_in(world.admin).post(address(begun), sent, headers=FRAGMENT)
    assert answer.status_code == 200 and answer.context["open_doubts"] == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"act": "fly"}, 400),
        ({"act": "join", "key": "99999"}, 400),
        ({"act": "split", "key": "x", "at": "y"}, 400),
        ({"act": "settle", "name": "x", "choice": "y"}, 400),
        ({"act": "head", "title": "", "year": "abc"}, 400),
        ({"act": "settle_all", "version": "99"}, 409),
        ({"act": "pair", "key": "9" * 30, "shortcoming": "-"}, 400),
    ],
)
def test_nonsense_is_answered_with_a_sentence(
    world: World, signed_in: SignIn, begun: ReportImport, sent: dict[str, str], status: int
):
    answer = signed_in(world.admin).post(address(begun), {"version": begun.version, **sent})
    assert answer.status_code == status
    assert answer.context.get("refusal") or answer.context["head_form"].errors
    assert version(begun) == 1


def test_any_place_in_the_address_opens_the_page(world: World, signed_in: SignIn, begun: ReportImport):
    client = signed_in(world.admin)
    for at in [*range(-2, begun.draft["next_key"] + 2), "abc", "9" * 40]:
        assert client.get(address(begun), {"at": at}).status_code == 200


def test_the_head_is_corrected(world: World, signed_in: SignIn, begun: ReportImport):
    client = signed_in(world.admin)
    assert client.get(address(begun), {"at": "-1"}).context["head_form"].initial["year"] == 2025
    sent = {"act": "head", "title": "新题", "issuer": "丙县", "year": "2023", "published_on": "2024-03-01"}
    assert client.post(address(begun), {**sent, "version": begun.version}).status_code == 302
    head = report_imports.draft_of(ReportImport.objects.get(pk=begun.pk)).head
    assert (head.title, head.year, head.published_on) == ("新题", 2023, "2024-03-01")


class TestUnits:
    def test_one_key_confirms_one_proposal_and_keeps_what_was_typed(
        self, world: World, signed_in: SignIn, begun: ReportImport
    ):
        client, page = signed_in(world.admin), address(begun, "import_units")
        first, second = client.get(page).context["tasks"][:2]
        assert first["unit_open"] and first["unit"] == world.bureau.short_name
        sent = {
            "confirm": f"unit-{first['key']}",
            f"unit-{first['key']}": first["unit"],
            f"unit-{second['key']}": world.second.name,
            f"due-{second['key']}": "2026年9月30日",
            f"basis-{second['key']}": "年度要点",
            "version": begun.version,
        }
        answer = client.post(page, sent, headers=FRAGMENT)
        first, second = answer.context["tasks"][:2]
        assert first["unit_settled"] and second["unit_settled"]
        assert (second["unit"], second["due_on"]) == (world.second.short_name, "2026-09-30")

    def test_a_whole_area_is_confirmed_at_once(self, world: World, signed_in: SignIn, begun: ReportImport):
        client, page = signed_in(world.admin), address(begun, "import_units")
        tasks = client.get(page).context["tasks"]
        sent = {f"unit-{task['key']}": task["unit"] for task in tasks} | {"confirm": "area", "version": begun.version}
        answer = client.post(page, sent, headers=FRAGMENT)
        assert answer.context["areas"][0]["open"] == 0
        assert {link["state"] for task in answer.context["tasks"] for link in task["links"]} == {"confirmed"}
        other = client.get(page, {"area": 2}).context["tasks"]
        assert {link["state"] for task in other for link in task["links"]} == {"proposed"}

    def test_a_link_is_dismissed(self, world: World, signed_in: SignIn, begun: ReportImport):
        client, page = signed_in(world.admin), address(begun, "import_units")
        link = client.get(page).context["tasks"][0]["links"][0]
        answer = client.post(page, {"dismiss": f"link-{link['key']}", "version": begun.version}, headers=FRAGMENT)
        assert answer.context["tasks"][0]["links"][0]["state"] == "dismissed"

    @pytest.mark.parametrize(("field", "typed"), [("unit", "天外局"), ("due", "明天"), ("basis", "")])
    def test_a_wrong_value_is_named_and_stays(
        self, world: World, signed_in: SignIn, begun: ReportImport, field: str, typed: str
    ):
        client, page = signed_in(world.admin), address(begun, "import_units")
        key = client.get(page).context["tasks"][0]["key"]
        sent = {f"due-{key}": "2026-09-30", f"basis-{key}": "要点", f"{field}-{key}": typed, "version": begun.version}
        answer = client.post(page, sent)
        assert answer.status_code == 400 and answer.context["refused"] == f"{field}-{key}"
        assert f'href="#{field}-{key}"' in answer.content.decode()
        if typed:
            assert f'value="{typed}"' in answer.content.decode()

    def test_a_date_for_all_without_one(self, world: World, signed_in: SignIn, begun: ReportImport):
        client, page = signed_in(world.admin), address(begun, "import_units")
        key = client.get(page).context["tasks"][0]["key"]
        sent = {
            f"due-{key}": "2026-06-30",
            f"basis-{key}": "先定",
            "all_due_on": "2026-12-31",
            "all_due_basis": "要点",
            "version": begun.version,
            "next": "1",
        }
        answer = client.post(page, sent)
        assert answer.status_code == 302 and "area=2" in answer["Location"]
        tasks = client.get(page).context["tasks"]
        assert [(task["due_on"], task["due_basis"]) for task in tasks][:2] == [
            ("2026-06-30", "先定"),
            ("2026-12-31", "要点"),
        ]


class TestTheEnd:
    def test_created_put_in_force_and_seen_by_all(self, world: World, signed_in: SignIn, begun: ReportImport):
        client, page = signed_in(world.admin), address(begun, "import_create")
        assert client.get(page).context["year"] == 2026
        assert client.post(page, {"version": begun.version}).status_code == 302
        plan = Plan.objects.get(year=2026)
        living = reverse("living_report", args=[plan.pk])
        assert signed_in(world.viewer).get(living).status_code == 404
        assert client.get(living).status_code == client.get(page).status_code == 200
        assert client.get(address(begun)).status_code == 302
        assert signed_in(world.reviewer).post(reverse("activate_plan", args=[plan.pk])).status_code == 403
        assert client.post(reverse("activate_plan", args=[plan.pk])).status_code == 302
        assert Plan.objects.get(pk=plan.pk).state == PlanState.ACTIVE
        assert signed_in(world.viewer).get(living).status_code == 200

    def test_a_refusal_is_shown_and_nothing_created(self, world: World, signed_in: SignIn, begun: ReportImport):
        report_imports.set_head(begun.pk, by=world.admin, year=None)
        answer = signed_in(world.admin).post(address(begun, "import_create"), {"version": version(begun)})
        assert answer.status_code == 409 and answer.context["head_wanted"]
        assert not Task.objects.filter(plan__year=2026).exists()

    def test_given_up_after_a_question(self, world: World, signed_in: SignIn, begun: ReportImport):
        client, page = signed_in(world.admin), address(begun, "import_discard")
        assert client.get(page).status_code == 200
        assert version(begun) == 1
        assert client.post(page).status_code == 302
        assert ReportImport.objects.get(pk=begun.pk).state == ImportState.DISCARDED
        assert client.get(address(begun, "import_create")).status_code == 200


def test_an_auditor_looks_and_changes_nothing(world: World, signed_in: SignIn, begun: ReportImport):
    client = signed_in(world.auditor)
    assert client.get(address(begun)).status_code == 200
    assert client.post(address(begun), {"act": "settle_all"}).status_code == 403
    assert client.post(address(begun, "import_create")).status_code in (403, 409)
    assert version(begun) == 1


def test_other_governments_imports_do_not_exist(world: World, signed_in: SignIn, begun: ReportImport):
    for name in ("import", "import_units", "import_create", "import_discard"):
        assert signed_in(world.foreign_admin).get(address(begun, name)).status_code == 404
        assert signed_in(world.staff).get(address(begun, name)).status_code == 404


def test_a_new_plan_is_for_the_year_after_the_newest_and_not_before_this_one(world: World, signed_in: SignIn):
    client = signed_in(world.admin)

    def offered() -> int:
        year: int = client.get(reverse("imports")).context["ledger_form"]["plan_year"].value()
        return year

    assert offered() == 2025
    assert world.plan.year == 2025
    assert offered() == 2026
    assert world.next_plan.year == 2026
    assert offered() == 2027
    Plan.objects.filter(year=2026).update(state="discarded")
    assert offered() == 2026
    Plan.objects.filter(year=2025).update(year=2021)
    assert offered() == 2025


def test_a_draft_that_leaves_carried_tasks_behind_says_so_where_it_is_put_in_force(world: World):
    settings_of = {"by": world.admin, "kind": "carried", "reason": "明年继续"}
    rollover.decide_many(world.plan, [task.pk for task in world.tasks], **settings_of)
    assert "4" in untaken_warning(world.next_plan)
    for task in world.tasks:
        successions.link(world.next_plan, task.pk, by=world.admin, task_id=world.next_tasks[0].pk)
    assert untaken_warning(world.next_plan) == ""
    assert untaken_warning(world.plan) == ""


def test_a_plan_is_begun_from_a_ledger(world: World, signed_in: SignIn):
    client = signed_in(world.admin)
    file = SimpleUploadedFile("台账.csv", "序号,类别,重点任务\n1.1,制度,修订规程\n".encode("gb18030"))
    sent = {"from_ledger": "1", "ledger": file, "plan_year": "2027"}
    answer = client.post(reverse("imports"), sent)
    row = ReportImport.objects.get()
    assert answer["Location"] == reverse("import", args=[row.pk])
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(reverse("import_units", args=[row.pk])).status_code == 200
    client.post(reverse("import_create", args=[row.pk]), {"version": row.version})
    assert [task.quote for task in Task.objects.all()] == ["修订规程"]


@pytest.mark.parametrize(
    ("content", "year", "field"),
    [
        (b"", "2027", "ledger"),
        (b"x,y\n1,2\n", "2027", "ledger"),
        ("序号,重点任务\n1,甲\n".encode(), "", "plan_year"),
        ("序号,重点任务\n1,甲\n".encode(), "27", "plan_year"),
    ],
)
def test_a_ledger_that_cannot_be_read_is_refused_in_place(
    world: World, signed_in: SignIn, content: bytes, year: str, field: str
):
    sent = {"from_ledger": "1", "ledger": SimpleUploadedFile("台账.csv", content), "plan_year": year}
    answer = signed_in(world.admin).post(reverse("imports"), sent)
    assert answer.status_code == 400
    assert field in answer.context["ledger_form"].errors
    assert not ReportImport.objects.exists()
