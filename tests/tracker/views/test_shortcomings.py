"""A shortcoming with its whole thread, and the judgement on it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unguarded import lifted
from tracker import clock
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark
from tracker.models import AddressCheck, Shortcoming, ShortcomingJudgement
from tracker.services import evidence, indicators, trace


@pytest.fixture
def thread(world):
    """Shortcoming, task and accepted item, linked and confirmed."""
    world.weak = Shortcoming.objects.filter(part__report=world.report).first()
    world.task_of_it = world.started()
    world.weak_link = trace.link(
        world.task_of_it.pk, world.weak, by=world.reviewer, strength="direct", rationale="针对同一问题"
    )
    use = world.proof(world.task_of_it, document_number="西司发〔2025〕3号")
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)
    world.accepted = use.evidence
    world.page = reverse("shortcoming", args=[world.plan.pk, world.weak.pk])
    return world


def judge(world, **changed):
    given = {"by": world.reviewer, "verdict": "eased", "grounds": "培训三期", "evidence": [world.accepted.pk]}
    return trace.judge(world.plan, world.weak, **given | changed)


class TestTheService:
    def test_a_judgement_rests_on_accepted_evidence(self, thread):
        found = judge(thread)
        assert (found.verdict, list(found.evidence.all())) == ("eased", [thread.accepted])

    def test_a_later_one_replaces_it_and_the_first_is_kept(self, thread):
        judge(thread, verdict="not_eased", grounds="尚未开展", evidence=[])
        with clock.at(clock.now() + datetime.timedelta(days=1)):
            judge(thread, verdict="partly", by=thread.admin)
        found = ShortcomingJudgement.objects.get()
        assert (found.verdict, found.by) == ("partly", thread.admin)
        assert {row.grounds for row in found.history.all()} == {"尚未开展", "培训三期"}

    @pytest.mark.parametrize("verdict", ["eased", "partly"])
    def test_eased_without_proof_is_refused(self, thread, verdict):
        with pytest.raises(InvalidInput) as refusal:
            judge(thread, verdict=verdict, evidence=[])
        assert refusal.value.field == "evidence"
        assert not ShortcomingJudgement.objects.exists()

    def test_expired_proof_is_none(self, thread):
        type(thread.accepted).objects.update(valid_until=clock.today() - datetime.timedelta(days=1))
        with pytest.raises(InvalidInput):
            judge(thread)

    def test_other_evidence_is_refused(self, thread):
        pending = thread.proof(thread.task_of_it).evidence
        elsewhere = thread.proof(thread.started(thread.tasks[1])).evidence
        for item in (pending.pk, elsewhere.pk, 10**9):
            with pytest.raises(InvalidInput):
                judge(thread, evidence=[thread.accepted.pk, item])

    def test_a_link_that_nobody_confirmed_lends_no_proof(self, thread):
        trace.dismiss(thread.weak_link, by=thread.reviewer)
        with pytest.raises(InvalidInput):
            judge(thread)

    @pytest.mark.parametrize(
        ("changed", "kind"),
        [
            ({"verdict": "gone"}, InvalidInput),
            ({"grounds": "  "}, InvalidInput),
            ({"grounds": "机密★"}, SecrecyMark),
        ],
    )
    def test_bad_input(self, thread, changed, kind):
        with pytest.raises(kind):
            judge(thread, **changed)

    def test_who_may(self, thread):
        for name in ("staff", "head", "leader", "auditor", "viewer", "foreign_admin"):
            with pytest.raises(NotPermitted):
                judge(thread, by=getattr(thread, name))

    def test_words_of_another_report(self, thread):
        other = thread.foreign_task.plan
        with pytest.raises(MoveRefused):
            trace.judge(other, thread.weak, by=thread.foreign_admin, verdict="not_eased", grounds="无")


class TestThePage:
    def test_an_auditor_reads_the_whole_thread(self, thread, signed_in):
        figure = thread.report.figures.first()
        row = indicators.add(thread.task_of_it.pk, by=thread.admin, name="培训人次", direction="up", figure=figure)
        indicators.read(row.pk, by=thread.staff, value=210)
        judge(thread)
        page = signed_in(thread.auditor).get(thread.page)
        body = page.content.decode()
        assert thread.weak.text[:10] in body
        for cause in thread.weak.causes.all():
            assert cause.text[:10] in body
        for words in (
            "西司发〔2025〕3号",
            thread.task_of_it.code,
            "针对同一问题",
            "210",
            str(thread.reviewer),
            "培训三期",
        ):
            assert words in body
        assert page.context["figures"][0]["baseline"] != ""
        assert not page.context["may_judge"]
        assert "<textarea" not in body

    def test_it_is_judged_there(self, thread, signed_in):
        client = signed_in(thread.reviewer)
        typed = {"verdict": "partly", "grounds": "培训三期，仍缺考核", "evidence": [thread.accepted.pk]}
        answer = client.post(thread.page, typed)
        assert (answer.status_code, answer.headers["Location"]) == (302, thread.page)
        page = client.get(thread.page)
        assert page.context["judgement"]["grounds"] == "培训三期，仍缺考核"
        trace_page = client.get(reverse("trace", args=[thread.plan.pk])).content.decode()
        assert "有所缓解" in trace_page

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"verdict": ""}, "verdict"),
            ({"grounds": ""}, "grounds"),
            ({"grounds": "长" * 1001}, "grounds"),
            ({"evidence": []}, "evidence"),
            ({"evidence": ["999999"]}, "evidence"),
            ({"evidence": ["x"]}, "evidence"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, thread, signed_in, changed, field):
        typed = {"verdict": "eased", "grounds": "培训三期", "evidence": [thread.accepted.pk]} | changed
        page = signed_in(thread.reviewer).post(thread.page, typed)
        assert (page.status_code, list(page.context["form"].errors)) == (400, [field])
        assert typed["grounds"] in page.content.decode()
        assert not ShortcomingJudgement.objects.exists()

    def test_internal_evidence_is_named_to_its_own_alone(self, thread, signed_in):
        type(thread.accepted).objects.update(disclosure="internal")
        judge(thread)
        for name, seen in (("second_staff", False), ("viewer", False), ("staff", True), ("auditor", True)):
            assert ("西司发〔2025〕3号" in signed_in(getattr(thread, name)).get(thread.page).content.decode()) is seen

    def test_another_reports_shortcoming_is_not_there(self, thread, signed_in):
        other = reverse("shortcoming", args=[thread.plan.pk, 10**6])
        assert signed_in(thread.reviewer).get(other).status_code == 404

    def test_what_is_missing_stands_there_with_what_to_do(self, thread, signed_in):
        second, third = thread.tasks[1:3]
        thread.started(second)
        proposed = trace.propose(second, thread.weak, by=thread.admin, strength="indirect", rationale="同")
        trace.link(third.pk, thread.weak, by=thread.admin, strength="direct", rationale="同")
        judge(thread)
        now = clock.now()
        AddressCheck.objects.create(evidence=thread.accepted, checked_at=now, failed_since=now, dead_since=now)

        def told(who):
            found = signed_in(who).get(thread.page).context["missing"]
            return {row["head"]: (row["words"], row["note"], row["url"], row["act"]) for row in found}

        found, seen = told(thread.reviewer), told(thread.viewer)
        assert list(found) == list(seen)
        assert list(found) == [
            "原因仅按位置配对",
            "关联尚无人确认",
            "任务尚无佐证",
            "缺牵头单位、缺责任人、缺时限",
            "佐证：已失效",
        ]
        edit = reverse("edit_shortcoming_link", args=[proposed.pk])
        assert found["关联尚无人确认"][2].startswith(edit)
        assert found["关联尚无人确认"][1].startswith(f"{thread.admin}")
        assert seen["关联尚无人确认"][2:] == (f"{reverse('task', args=[second.pk])}#upstream", "查看")
        assert found["缺牵头单位、缺责任人、缺时限"][2] == reverse("move", args=[third.pk, "confirm"])
        assert found["佐证：已失效"][1] == "评价以此为依据"
        assert told(thread.staff)["任务尚无佐证"][2] == reverse("evidence_new", args=[second.pk])

    def test_a_suspect_link_and_expired_evidence_are_missing_too(self, thread, signed_in):
        type(thread.accepted).objects.update(valid_until=clock.today() - datetime.timedelta(days=1))
        with lifted():
            Shortcoming.objects.filter(pk=thread.weak.pk).update(text="另一句话")
        found = signed_in(thread.viewer).get(thread.page).context["missing"]
        heads = {row["head"]: row["note"] for row in found}
        assert heads["任务尚无佐证"] == "1 件，已过期"
        assert "关联存疑：原文其后有变" in heads
        assert "佐证：已过期" in heads

    def test_where_nothing_is_missing_one_sentence_says_so(self, thread, signed_in):
        with lifted():
            thread.weak.causes.update(paired_by_position=False)
        page = signed_in(thread.viewer).get(thread.page)
        assert page.context["missing"] == []
        assert "本链条没有缺项" in page.content.decode()

    def test_a_proposed_link_says_by_whom_or_that_the_import_presumes_it(self, thread, signed_in):
        for task, presumed in zip(thread.tasks[1:3], (True, False), strict=True):
            given = {"by": thread.admin, "strength": "direct", "rationale": "同"}
            trace.propose(task, thread.weak, presumed=presumed, **given)
        rows = signed_in(thread.viewer).get(thread.page).context["rows"]
        assert rows[1]["settled"] == "由导入程序推定"
        assert rows[2]["settled"].startswith(f"{thread.admin}")

    def test_figures_of_last_year_lead_to_the_register(self, thread, signed_in):
        indicators.add(
            thread.task_of_it.pk, by=thread.admin, name="人次", direction="up", figure=thread.report.figures.first()
        )
        body = signed_in(thread.viewer).get(thread.page).content.decode()
        register = reverse("figures", args=[thread.plan.pk])
        assert f'<a href="{register}">' in body
        assert f"{thread.report.year}年报告" in body
        assert register in signed_in(thread.viewer).get(reverse("trace", args=[thread.plan.pk])).content.decode()

    @pytest.mark.parametrize("number", [1, 2])
    def test_statements_do_not_grow_with_proposed_links(self, thread, signed_in, number):
        for task in thread.tasks[1 : 1 + number]:
            trace.propose(task, thread.weak, by=thread.admin, strength="direct", rationale="同")
        client = signed_in(thread.staff)
        client.get(thread.page)
        with CaptureQueriesContext(connection) as looking:
            page = client.get(thread.page)
        assert (len(looking), len(page.context["rows"])) == (14, 1 + number)

    @pytest.mark.parametrize("number", [1, 3])
    def test_statements_do_not_grow(self, thread, signed_in, number):
        for task in thread.tasks[1:number]:
            thread.proof(thread.started(task))
            trace.link(task.pk, thread.weak, by=thread.reviewer, strength="direct", rationale="同一问题")
        for task in thread.tasks[:number]:
            row = indicators.add(task.pk, by=thread.admin, name="人次", direction="up")
            indicators.read(row.pk, by=thread.staff, value=7)
        judge(thread)
        client = signed_in(thread.auditor)
        client.get(thread.page)
        with CaptureQueriesContext(connection) as looking:
            page = client.get(thread.page)
        assert (len(looking), len(page.context["rows"])) == (19, number)


def test_after_the_year_the_trace_asks_for_the_judgement(thread, signed_in):
    client, address = signed_in(thread.reviewer), reverse("trace", args=[thread.plan.pk])

    def asked():
        page = client.get(address)
        return [row["url"] for gap in page.context["missing"] for row in gap.rows if row["url"] == thread.page]

    assert asked() == []
    with clock.at(clock.now() + datetime.timedelta(days=200)):
        client.force_login(thread.reviewer)
        assert asked() == [thread.page]
        judge(thread)
        assert asked() == []
