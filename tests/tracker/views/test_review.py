"""The reviewer's queue and screen, and the unit head's signing screen."""

import pytest
from django.urls import reverse

from tracker.models import EvidenceUse, Task
from tracker.services import tasks

YES = {"authentic": "yes", "timely": "yes", "relevant": "yes", "reason": ""}


def answers(use, **changed):
    return {f"{use.pk}-{name}": value for name, value in {**YES, **changed}.items()}


@pytest.fixture
def case(world, signed_in):
    """A task under review with one evidence item, and the reviewer's browser."""
    world.case = world.under_review()
    world.use = EvidenceUse.objects.get(task=world.case)
    world.client = signed_in(world.reviewer)
    return world


def test_the_queue_holds_what_this_reviewer_may_close(case, signed_in):
    page = case.client.get(reverse("review_queue", args=[case.plan.pk]))
    assert [row.code for row in page.context["rows"]] == ["1.1"]
    colleague = case.person("colleague", "reviewer", case.bureau)
    page = signed_in(colleague).get(reverse("review_queue", args=[case.plan.pk]))
    assert ([row.code for row in page.context["rows"]], [row.code for row in page.context["others"]]) == ([], ["1.1"])


@pytest.mark.parametrize("who", ["staff", "head", "leader", "admin", "viewer"])
def test_only_reviewers_have_a_queue(case, signed_in, who):
    assert signed_in(getattr(case, who)).get(reverse("review_queue", args=[case.plan.pk])).status_code == 403


def test_claim_sentence_and_evidence_stand_side_by_side(case):
    body = case.client.get(reverse("review", args=[case.case.pk])).content.decode()
    for words in ("培训和考试都已完成", "<mark>继续组织全员培训</mark>", "培训通知", "通过考试"):
        assert words in body


def test_it_cannot_be_closed_before_the_evidence_is_accepted(case):
    page = case.client.get(reverse("review", args=[case.case.pk]))
    assert "1" in page.context["approve_refusal"]
    data = {"version": case.case.version, "decision": "approve"}
    assert case.client.post(reverse("review", args=[case.case.pk]), data).status_code == 409
    assert Task.objects.get(pk=case.case.pk).status == "under_review"


def test_three_times_yes_accepts(case):
    answer = case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use))
    assert answer.status_code == 302
    assert EvidenceUse.objects.get(pk=case.use.pk).verdict == "accepted"


def test_a_no_needs_words_and_keeps_the_other_answers(case):
    answer = case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use, timely="no"))
    assert answer.status_code == 409
    form = next(row["form"] for row in answer.context["evidence"] if row["pk"] == case.use.pk)
    assert form["timely"].value() == "no"
    assert "reason" in form.errors
    assert EvidenceUse.objects.get(pk=case.use.pk).verdict == "pending"


def test_a_no_with_words_rejects(case):
    case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use, timely="no", reason="日期不符"))
    use = EvidenceUse.objects.get(pk=case.use.pk)
    assert (use.verdict, use.reason, use.judged_by) == ("rejected", "日期不符", case.reviewer)


def test_a_rejected_item_is_accepted_later_with_words(case):
    case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use, timely="no", reason="日期不符"))
    assert case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use)).status_code == 409
    assert EvidenceUse.objects.get(pk=case.use.pk).verdict == "rejected"
    case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use, reason="已核对原件"))
    assert EvidenceUse.objects.get(pk=case.use.pk).verdict == "accepted"


def test_a_closed_tasks_evidence_is_no_longer_judged(case):
    case.accept_all(case.case)
    tasks.approve(case.case.pk, by=case.reviewer)
    answer = case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use, timely="no", reason="日期不符"))
    assert answer.status_code == 409
    assert EvidenceUse.objects.get(pk=case.use.pk).verdict == "accepted"


def test_an_unanswered_question_is_asked_again(case):
    data = answers(case.use)
    del data[f"{case.use.pk}-relevant"]
    assert case.client.post(reverse("judge", args=[case.use.pk]), data).status_code == 409


def test_after_acceptance_it_is_closed_out(case):
    case.client.post(reverse("judge", args=[case.use.pk]), answers(case.use))
    data = {"version": case.case.version, "decision": "approve"}
    answer = case.client.post(reverse("review", args=[case.case.pk]), data)
    assert answer.headers["Location"] == reverse("review_queue", args=[case.plan.pk])
    assert Task.objects.get(pk=case.case.pk).status == "completed"


def test_a_return_needs_a_reason_and_keeps_nothing_half_done(case):
    data = {"version": case.case.version, "decision": "return", "reason": ""}
    assert case.client.post(reverse("review", args=[case.case.pk]), data).status_code == 409
    data["reason"] = "缺考试名单"
    assert case.client.post(reverse("review", args=[case.case.pk]), data).status_code == 302
    assert Task.objects.get(pk=case.case.pk).returned is True


def test_a_stale_decision_is_refused_and_its_words_stay(case):
    tasks.raise_light(case.case.pk, by=case.reviewer, light="red", reason="现场不符")
    data = {"version": case.case.version, "decision": "return", "reason": "缺考试名单"}
    answer = case.client.post(reverse("review", args=[case.case.pk]), data)
    assert answer.status_code == 409
    assert "缺考试名单" in answer.content.decode()
    assert Task.objects.get(pk=case.case.pk).status == "under_review"


def test_the_head_signs(world, signed_in):
    task = world.submitted()
    client = signed_in(world.head)
    assert client.get(reverse("sign_off", args=[task.pk])).status_code == 200
    answer = client.post(reverse("sign_off", args=[task.pk]), {"version": task.version, "decision": "sign"})
    assert answer.status_code == 302
    assert Task.objects.get(pk=task.pk).status == "under_review"


@pytest.mark.parametrize("who", ["staff", "reviewer", "second_head", "admin"])
def test_nobody_else_signs(world, signed_in, who):
    task = world.submitted()
    client = signed_in(getattr(world, who))
    assert client.get(reverse("sign_off", args=[task.pk])).status_code in (403, 409)
    data = {"version": task.version, "decision": "sign"}
    assert client.post(reverse("sign_off", args=[task.pk]), data).status_code in (403, 409)
    assert Task.objects.get(pk=task.pk).status == "awaiting_sign_off"


def test_the_submission_is_hidden_from_others_until_it_is_signed(world, signed_in):
    task = world.submitted()
    for who in ("reviewer", "leader", "auditor", "viewer", "second_staff"):
        body = signed_in(getattr(world, who)).get(reverse("task", args=[task.pk])).content.decode()
        assert "培训和考试都已完成" not in body, who
    for who in ("staff", "head", "admin"):
        body = signed_in(getattr(world, who)).get(reverse("task", args=[task.pk])).content.decode()
        assert "培训和考试都已完成" in body, who


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_costs_the_same_for_one_and_for_three(world, signed_in, number, django_assert_num_queries):
    for task in world.tasks[:number]:
        world.under_review(task)
    client = signed_in(world.reviewer)
    client.get(reverse("review_queue", args=[world.plan.pk]))
    with django_assert_num_queries(6):
        client.get(reverse("review_queue", args=[world.plan.pk]))
