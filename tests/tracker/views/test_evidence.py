"""Depositing evidence, the page of one item, and taking it back."""

import datetime
import re

import pytest
from django.urls import reverse

from tracker.enums import Verdict
from tracker.models import Evidence, EvidenceUse, TaskEvent
from tracker.services import evidence, tasks


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def desk(world, signed_in):
    """A task in progress, and its contributor's browser on the form for a new item."""
    world.open_task = world.started()
    world.client = signed_in(world.staff)
    world.address = reverse("evidence_new", args=[world.open_task.pk])
    return world


def typed(**changed):
    return {
        "title": "第三期通知",
        "kind": "notice",
        "address": "https://www.example.gov.cn/3.html",
        "document_number": "区培发[2025]07号",
        "issuer": "区培训局",
        "dated_on": "2025-06-01",
        "place": "第3页",
        "disclosure": "public",
        "claim": "第三期已办",
        "not_classified": "on",
        **changed,
    }


def page_of(item):
    return reverse("evidence", args=[item.pk])


class TestTheForm:
    def test_stores_the_item_and_leads_back_to_the_task(self, desk):
        answer = desk.client.post(desk.address, typed())
        assert answer.headers["Location"] == reverse("task", args=[desk.open_task.pk])
        item = EvidenceUse.objects.get(task=desk.open_task).evidence
        assert (item.number, item.document_number, item.unit) == ("2025-1-1-01", "区培发〔2025〕7号", desk.bureau)
        assert (item.title, item.issuer, item.place) == ("第三期通知", "区培训局", "第3页")

    @pytest.mark.parametrize("missing", [{"address": ""}, {"document_number": ""}])
    def test_an_address_or_a_document_number_is_enough(self, desk, missing):
        assert desk.client.post(desk.address, typed(**missing)).status_code == 302

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"dated_on": ""}, "dated_on"),
            ({"dated_on": "昨天"}, "dated_on"),
            ({"dated_on": "2025-06-17"}, "dated_on"),
            ({"disclosure": "secret"}, "disclosure"),
            ({"kind": ""}, "kind"),
            ({"not_classified": ""}, "not_classified"),
            ({"address": "", "document_number": " "}, "address"),
            ({"document_number": "x" * 10_000}, "document_number"),
            ({"claim": "x" * 301}, "claim"),
            ({"claim": "  "}, "claim"),
        ],
    )
    def test_what_is_wrong_is_named_at_its_field_and_nothing_typed_is_lost(self, desk, changed, field):
        page = desk.client.post(desk.address, typed(**changed))
        form = page.context["proof"]
        assert (page.status_code, list(form.errors)) == (400, [field])
        assert f'href="#id_{field}"' in page.content.decode()
        given = typed(**changed)
        assert all(str(form[name].value()) in (given[name], "True", "False") for name in given if name in form.fields)
        assert (Evidence.objects.count(), TaskEvent.objects.latest("sequence").kind) == (0, "report")

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "ftp://example.gov.cn/x",
            "file:///etc/passwd",
            "//evil",
            "https://",
            "https://user:word@example.gov.cn/",
            "https://example.gov.cn\\@evil.cn/",
            "https://example.gov.cn/a b",
            "https://[::1",
            "x" * 900,
        ],
    )
    def test_only_web_addresses_are_taken(self, desk, address):
        page = desk.client.post(desk.address, typed(address=address))
        assert (page.status_code, list(page.context["proof"].errors)) == (400, ["address"])
        assert address[:10].replace("<", "&lt;") in page.content.decode()

    @pytest.mark.parametrize(
        ("address", "stored"),
        [
            ("http://example.gov.cn/x", "http://example.gov.cn/x"),
            ("example.gov.cn/x?a=1&b=2", "https://example.gov.cn/x?a=1&b=2"),
            ("https://10.1.2.3:8080/x", "https://10.1.2.3:8080/x"),
            (" https://例子.中国/文件.html ", "https://例子.中国/文件.html"),
            ("https://example.gov.cn/\x00x", "https://example.gov.cn/x"),
        ],
    )
    def test_and_these_are(self, desk, address, stored):
        assert desk.client.post(desk.address, typed(address=address)).status_code == 302
        assert Evidence.objects.get().address == stored

    @pytest.mark.parametrize("day", ["2025-06-01", "2025/6/1", "2025.6.1", "2025年6月1日"])
    def test_a_date_is_taken_as_people_write_it(self, desk, day):
        assert desk.client.post(desk.address, typed(dated_on=day)).status_code == 302
        assert Evidence.objects.get().dated_on == datetime.date(2025, 6, 1)

    @pytest.mark.parametrize("field", ["title", "issuer", "place", "claim", "document_number"])
    def test_a_secrecy_mark_is_explained_and_nothing_is_kept(self, desk, field, caplog):
        page = desk.client.post(desk.address, typed(**{field: "机密★10年 某事"}))
        assert (page.status_code, page.context["refused"]["field"].name) == (400, field)
        assert "notice--refused" in page.content.decode()
        assert "Nothing classified may be entered here" in page.content.decode()
        assert not Evidence.objects.exists()
        line = next(record.getMessage() for record in caplog.records if record.name == "tracker.secrecy")
        assert desk.staff.username in line
        assert "某事" not in line

    def test_says_beforehand_that_nothing_classified_may_be_entered(self, desk):
        body = desk.client.get(desk.address).content.decode()
        assert "Nothing classified may be entered here" in body
        assert "An address, a document number or a file is needed" in body
        assert 'type="file"' in body

    def test_looking_changes_nothing(self, desk):
        before = TaskEvent.objects.count()
        assert desk.client.get(desk.address).status_code == 200
        assert (TaskEvent.objects.count(), Evidence.objects.count()) == (before, 0)

    @pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "leader", "auditor", "viewer"])
    def test_others_are_refused(self, desk, signed_in, who):
        client = signed_in(getattr(desk, who))
        assert client.get(desk.address).status_code == 403
        assert client.post(desk.address, typed()).status_code == 403
        assert not Evidence.objects.exists()

    def test_another_government_finds_nothing(self, desk, signed_in):
        client = signed_in(desk.foreign_staff)
        assert client.get(desk.address).status_code == 404
        assert client.post(desk.address, typed()).status_code == 404
        assert not Evidence.objects.exists()

    def test_a_task_that_was_submitted_meanwhile_keeps_the_words(self, desk):
        desk.proof(desk.open_task)
        tasks.submit(desk.open_task.pk, by=desk.head, summary="办完了")
        assert desk.client.get(desk.address).status_code == 409
        page = desk.client.post(desk.address, typed())
        assert (page.status_code, page.context["proof"]["title"].value()) == (409, "第三期通知")

    def test_costs_the_same_whatever_is_there_already(self, desk, django_assert_num_queries):
        for number in (1, 3):
            while Evidence.objects.count() < number:
                desk.proof(desk.open_task)
            with django_assert_num_queries(6):
                assert desk.client.get(desk.address).status_code == 200


class TestANewVersion:
    def test_names_the_old_one_and_both_lead_to_each_other(self, desk):
        old = desk.proof(desk.open_task).evidence
        address = f"{desk.address}?replaces={old.pk}"
        assert address.replace("&", "&amp;") in desk.client.get(page_of(old)).content.decode()
        assert desk.client.get(address).context["proof"]["title"].value() == "培训通知"
        assert desk.client.post(address, typed()).status_code == 302
        new = Evidence.objects.latest("pk")
        assert new.replaces == old
        assert page_of(new) in desk.client.get(page_of(old)).content.decode()
        assert page_of(old) in desk.client.get(page_of(new)).content.decode()

    @pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "999", "０"])
    def test_of_nothing_is_not_found(self, desk, key):
        assert desk.client.get(desk.address, {"replaces": key}).status_code == 404

    def test_of_another_units_item_is_refused(self, desk, signed_in):
        other = desk.proof(desk.started(desk.tasks[2], unit=desk.second), by=desk.second_staff).evidence
        page = desk.client.post(f"{desk.address}?replaces={other.pk}", typed())
        assert (page.status_code, Evidence.objects.count()) == (403, 1)


class TestThePageOfAnItem:
    def test_shows_facts_uses_verdict_and_the_reviewers_reason(self, desk):
        use = desk.proof(desk.open_task, document_number="区培发(2025)7号", issuer="区培训局", place="第3页")
        evidence.judge(use.pk, by=desk.reviewer, authentic=True, timely=False, relevant=True, reason="日期不符")
        evidence.use(desk.started(desk.tasks[1]).pk, use.evidence_id, by=desk.staff, claim="考试已办")
        body = desk.client.get(page_of(use.evidence)).content.decode()
        for words in (
            "2025-1-1-01",
            "区培发〔2025〕7号",
            "区培训局",
            "第3页",
            "1 Feb 2025",
            "日期不符",
            "考试已办",
            "已培训",
        ):
            assert words in body
        for task in (desk.open_task, desk.tasks[1]):
            assert reverse("task", args=[task.pk]) in body

    def test_a_link_opens_without_telling_where_it_comes_from(self, desk):
        item = desk.proof(desk.open_task, address="https://www.example.gov.cn/a?b=1&c=<d>").evidence
        body = desk.client.get(page_of(item)).content.decode()
        anchor = re.search(r'<a href="https://www\.example[^>]*>', body).group()
        assert 'rel="noopener noreferrer"' in anchor
        assert "<d>" not in body

    def test_nothing_typed_becomes_markup(self, desk):
        item = desk.proof(desk.open_task, title="<script>alert(1)</script>", issuer='"><img src=x>').evidence
        body = desk.client.get(page_of(item)).content.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("staff", 200),
            ("head", 200),
            ("reviewer", 200),
            ("leader", 200),
            ("admin", 200),
            ("auditor", 200),
            ("second_staff", 404),
            ("viewer", 404),
            ("foreign_staff", 404),
            ("foreign_admin", 404),
        ],
    )
    def test_an_internal_item_is_for_the_tasks_units_and_those_who_oversee(self, desk, signed_in, who, status):
        item = desk.proof(desk.open_task, disclosure="internal").evidence
        assert signed_in(getattr(desk, who)).get(page_of(item)).status_code == status

    def test_a_version_that_is_not_seen_is_not_named(self, desk, signed_in):
        old = desk.proof(desk.open_task, disclosure="internal", title="内部稿").evidence
        new = desk.proof(desk.open_task, replaces=old, title="公开稿").evidence
        assert "内部稿" in desk.client.get(page_of(new)).content.decode()
        assert "内部稿" not in signed_in(desk.viewer).get(page_of(new)).content.decode()

    @pytest.mark.parametrize("number", [1, 3])
    def test_costs_the_same_for_one_use_and_for_three(self, desk, django_assert_num_queries, number):
        use = desk.proof(desk.open_task)
        for task in desk.tasks[1:number]:
            evidence.use(desk.started(task).pk, use.evidence_id, by=desk.staff, claim="考试已办")
        with django_assert_num_queries(8):
            page = desk.client.get(page_of(use.evidence))
        assert len(page.context["uses"]) == number

    def test_is_only_looked_at(self, desk):
        item = desk.proof(desk.open_task).evidence
        assert desk.client.post(page_of(item)).status_code == 405


class TestTakingItBack:
    def address(self, use):
        return reverse("evidence_withdraw", args=[use.pk])

    def test_leads_back_to_the_task(self, desk):
        use = desk.proof(desk.open_task)
        assert self.address(use) in desk.client.get(page_of(use.evidence)).content.decode()
        answer = desk.client.post(self.address(use))
        assert answer.headers["Location"] == reverse("task", args=[desk.open_task.pk])
        assert EvidenceUse.objects.get(pk=use.pk).verdict == Verdict.WITHDRAWN
        assert self.address(use) not in desk.client.get(page_of(use.evidence)).content.decode()

    def test_is_never_done_by_looking(self, desk):
        use = desk.proof(desk.open_task)
        assert desk.client.get(self.address(use)).status_code == 405
        assert EvidenceUse.objects.get(pk=use.pk).verdict == Verdict.PENDING

    @pytest.mark.parametrize(
        ("who", "status"),
        [("second_staff", 403), ("reviewer", 403), ("viewer", 403), ("admin", 403), ("foreign_staff", 404)],
    )
    def test_others_are_refused(self, desk, signed_in, who, status):
        use = desk.proof(desk.open_task)
        assert signed_in(getattr(desk, who)).post(self.address(use)).status_code == status
        assert EvidenceUse.objects.get(pk=use.pk).verdict == Verdict.PENDING

    def test_a_judged_item_stays(self, desk):
        use = desk.proof(desk.open_task)
        evidence.judge(use.pk, by=desk.reviewer, authentic=True, timely=True, relevant=True)
        assert desk.client.post(self.address(use)).status_code == 409
        assert EvidenceUse.objects.get(pk=use.pk).verdict == Verdict.ACCEPTED

    def test_an_unknown_use_is_not_found(self, desk):
        assert desk.client.post(reverse("evidence_withdraw", args=[999])).status_code == 404
