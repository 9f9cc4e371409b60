"""An item replaced by a newer version: marked where it stands, no proof any more where the newer one is used."""

import datetime

import pytest
from django.urls import reverse

from tracker import clock, permissions
from tracker.enums import Disclosure, Status, Verdict
from tracker.exceptions import MoveRefused, NotPermitted
from tracker.models import Evidence, EvidenceUse, Task, TaskEvent
from tracker.services import evidence, tasks

YES = {"authentic": True, "timely": True, "relevant": True}


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def pair(world):
    """A task in progress with an old version, and a second task that uses it too."""
    world.first = world.started()
    world.second_task = world.started(world.tasks[1])
    world.old = world.proof(world.first, title="旧版")
    world.elsewhere = evidence.use(world.second_task.pk, world.old.evidence_id, by=world.staff, claim="考试已办")
    return world


def renew(world, item=None, task=None, **values):
    item = Evidence.objects.get(pk=(item or world.old.evidence).pk)
    return world.proof(task or world.first, replaces=item, title="新版", **values)


def judge(world, use, **answers):
    return evidence.judge(use.pk, by=world.reviewer, **{**YES, **answers})


def counting(task):
    """Numbers of what counts for the task: by SQL, and by the rule on objects, which must agree."""
    today = clock.today()
    by_sql = {use.evidence.number for use in EvidenceUse.objects.standing(today).filter(task=task)}
    uses = permissions._uses(Task.objects.get(pk=task.pk))
    assert by_sql == {use.evidence.number for use in uses if permissions._supports(use, today)}
    without = Task.objects.without_evidence(today).filter(pk=task.pk).exists()
    assert without is not bool(by_sql)
    return by_sql


def under_review(world):
    tasks.submit(world.first.pk, by=world.staff, summary="办完了")
    return tasks.sign(world.first.pk, by=world.head)


def shown(client, task):
    return {row["number"]: row for row in client.get(task.get_absolute_url()).context["evidence"]}


class TestOnItsTask:
    def test_the_newer_one_alone_counts(self, pair):
        assert counting(pair.first) == {"2025-1-1-01"}
        renew(pair)
        assert counting(pair.first) == {"2025-1-1-02"}
        assert counting(pair.second_task) == {"2025-1-1-01"}

    def test_a_pending_old_one_does_not_block_the_close_out(self, pair):
        new = renew(pair)
        task = under_review(pair)
        with pytest.raises(MoveRefused, match="evidence 2 is"):
            tasks.approve(task.pk, by=pair.reviewer)
        judge(pair, new)
        assert tasks.approve(task.pk, by=pair.reviewer).status == Status.COMPLETED

    def test_an_accepted_old_one_does_not_carry_the_close_out(self, pair):
        judge(pair, pair.old)
        renew(pair)
        task = under_review(pair)
        with pytest.raises(MoveRefused, match="evidence 2 is"):
            tasks.approve(task.pk, by=pair.reviewer)

    def test_a_newer_one_that_is_rejected_or_taken_back_replaces_nothing(self, pair):
        new = renew(pair)
        judge(pair, new, timely=False, reason="日期不符")
        assert counting(pair.first) == {"2025-1-1-01"}
        again = renew(pair, new.evidence)
        assert counting(pair.first) == {"2025-1-1-03"}
        evidence.withdraw(again.pk, by=pair.staff)
        assert counting(pair.first) == {"2025-1-1-01"}

    def test_an_expired_newer_one_does_not_bring_the_old_one_back(self, pair):
        renew(pair, valid_until=clock.today())
        with clock.at(clock.now() + datetime.timedelta(days=1)):
            assert counting(pair.first) == set()

    def test_over_several_versions(self, pair):
        second = renew(pair, task=pair.first)
        third = renew(pair, second.evidence, task=pair.second_task)
        assert third.evidence.number == "2025-1-2-01"
        assert counting(pair.second_task) == {"2025-1-2-01"}
        assert counting(pair.first) == {"2025-1-1-02"}

    def test_it_is_marked_on_the_task_and_in_review(self, pair, signed_in):
        renew(pair)
        row = shown(signed_in(pair.viewer), pair.first)["2025-1-1-01"]
        assert (row["version"], row["take_url"]) == ("replaced here by a newer version: 2025-1-1-02", "")
        task = under_review(pair)
        page = signed_in(pair.reviewer).get(reverse("review", args=[task.pk]))
        assert "replaced here by a newer version: 2025-1-1-02" in page.content.decode()
        assert [row["open"] for row in page.context["evidence"]] == [False, True]

    def test_a_newer_version_that_is_not_seen_is_not_named(self, pair, signed_in):
        renew(pair, disclosure=Disclosure.INTERNAL)
        rows = shown(signed_in(pair.viewer), pair.first)
        assert {number: row["version"] for number, row in rows.items()} == {
            "2025-1-1-01": "replaced here by a newer version"
        }
        rows = shown(signed_in(pair.viewer), pair.second_task)
        assert rows["2025-1-1-01"]["version"] == ""

    def test_the_trace_counts_what_counts(self, pair, signed_in):
        client, address = signed_in(pair.viewer), reverse("trace", args=[pair.plan.pk])
        renew(pair)
        areas = client.get(address).context["areas"]
        proofs = {node.row.code: node.proof.count for area in areas for node in area.tasks}
        assert (proofs["1.1"], proofs["1.2"]) == (1, 1)

    def test_the_past_day_says_it_too(self, pair, signed_in):
        renew(pair)
        with clock.at(clock.now() + datetime.timedelta(days=2)):
            day = {"on": "2025-06-16"}
            page = signed_in(pair.staff).get(pair.first.get_absolute_url(), day)
            assert "replaced here by a newer version: 2025-1-1-02" in page.content.decode()
            areas = signed_in(pair.staff).get(reverse("trace", args=[pair.plan.pk]), day).context["areas"]
            assert {node.row.code: node.proof.count for area in areas for node in area.tasks}["1.1"] == 1


class TestOnOtherTasks:
    def test_the_use_stays_and_the_newer_version_is_offered(self, pair, signed_in):
        new = renew(pair)
        judge(pair, pair.elsewhere)
        row = shown(signed_in(pair.staff), pair.second_task)["2025-1-1-01"]
        assert row["version"] == f"a newer version exists: {new.evidence.number}"
        assert row["take_url"] == reverse("take_newer", args=[pair.elsewhere.pk])
        assert shown(signed_in(pair.reviewer), pair.second_task)["2025-1-1-01"]["take_url"] == ""
        assert EvidenceUse.objects.get(pk=pair.elsewhere.pk).verdict == Verdict.ACCEPTED

    def test_one_click_takes_it_with_the_claim_and_a_line(self, pair, signed_in):
        new = renew(pair)
        answer = signed_in(pair.staff).post(reverse("take_newer", args=[pair.elsewhere.pk]))
        assert answer.status_code == 302 and answer.url.startswith(pair.second_task.get_absolute_url())
        taken = EvidenceUse.objects.get(task=pair.second_task, evidence=new.evidence)
        assert (taken.claim, taken.verdict, taken.added_by) == ("考试已办", Verdict.PENDING, pair.staff)
        line = TaskEvent.objects.filter(task=pair.second_task).latest("sequence")
        assert (line.by, line.reason) == (pair.staff, "考试已办")
        assert "2025-1-1-01" in line.detail and "2025-1-1-02" in line.detail
        assert counting(pair.second_task) == {"2025-1-1-02"}
        row = shown(signed_in(pair.staff), pair.second_task)["2025-1-1-01"]
        assert (row["version"], row["take_url"]) == ("replaced here by a newer version: 2025-1-1-02", "")

    def test_the_newest_of_several_is_taken(self, pair):
        third = renew(pair, renew(pair).evidence)
        assert evidence.take_newer(pair.elsewhere.pk, by=pair.staff).evidence == third.evidence

    def test_not_twice_and_not_where_there_is_none(self, pair, signed_in):
        with pytest.raises(MoveRefused):
            evidence.take_newer(pair.elsewhere.pk, by=pair.staff)
        renew(pair)
        evidence.take_newer(pair.elsewhere.pk, by=pair.staff)
        lines = TaskEvent.objects.count()
        answer = signed_in(pair.staff).post(reverse("take_newer", args=[pair.elsewhere.pk]))
        assert (answer.status_code, TaskEvent.objects.count()) == (409, lines)

    def test_one_that_was_rejected_there_is_not_offered_again(self, pair, signed_in):
        renew(pair)
        taken = evidence.take_newer(pair.elsewhere.pk, by=pair.staff)
        judge(pair, taken, relevant=False, reason="与考试无关")
        row = shown(signed_in(pair.staff), pair.second_task)["2025-1-1-01"]
        assert (row["version"], row["take_url"]) == ("a newer version exists: 2025-1-1-02", "")

    @pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "leader", "viewer", "foreign_staff"])
    def test_only_by_the_units_of_the_task(self, pair, who):
        renew(pair)
        with pytest.raises(NotPermitted):
            evidence.take_newer(pair.elsewhere.pk, by=getattr(pair, who))
        assert EvidenceUse.objects.filter(task=pair.second_task).count() == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_costs_the_same_for_one_item_and_for_three(self, world, signed_in, django_assert_num_queries, number):
        task = world.started()
        for _place in range(number):
            world.proof(task, replaces=world.proof(task).evidence)
        client = signed_in(world.staff)
        client.get(task.get_absolute_url())
        with django_assert_num_queries(12):
            page = client.get(task.get_absolute_url())
        assert len(page.context["evidence"]) == 2 * number
