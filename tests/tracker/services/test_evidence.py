"""Evidence: numbered, normalised, refused when marked, judged by others than those who gave it."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from tracker.enums import Disclosure, EventKind, Status, Verdict
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark
from tracker.models import Evidence, EvidenceUse, Plan, Task, TaskEvent
from tracker.services import evidence, requests, tasks
from tracker.services.evidence import normalised_document_number

YES = {"authentic": True, "timely": True, "relevant": True}
BRACKETS = [
    "〔〕",
    "[]",
    "［］",
    "()",
    "（）",
    "【】",
    "〖〗",
    "﹝﹞",
    "❲❳",
    "{}",
    "｛｝",
    "<>",
    "＜＞",
    "〈〉",
    "《》",
    "⟨⟩",
    "「」",
    "『』",
]


def fresh(use):
    return EvidenceUse.objects.get(pk=use.pk)


class TestNumbers:
    def test_plan_year_area_task_and_serial(self, world):
        task = world.started(world.tasks[3])
        assert [world.proof(task).evidence.number for _ in range(3)] == [f"2025-2-2-0{n}" for n in (1, 2, 3)]

    def test_each_task_counts_its_own(self, world):
        first, second = world.started(), world.started(world.tasks[1])
        numbers = [world.proof(task).evidence.number for task in (first, second, first)]
        assert numbers == ["2025-1-1-01", "2025-1-2-01", "2025-1-1-02"]

    def test_an_item_given_to_another_task_keeps_its_number(self, world):
        first, second = world.started(), world.started(world.tasks[1])
        item = world.proof(first).evidence
        evidence.use(second.pk, item.pk, by=world.staff, claim="考试已办")
        assert world.proof(second).evidence.number == "2025-1-2-01"
        assert {use.task_id for use in item.uses.all()} == {first.pk, second.pk}

    def test_a_withdrawn_item_does_not_free_its_number(self, world):
        task = world.started()
        evidence.withdraw(world.proof(task).pk, by=world.staff)
        assert evidence.next_number(task) == "2025-1-1-02"

    def test_a_number_stands_once_in_a_plan(self, world):
        use = world.proof(world.started())
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence(**{**_columns(use.evidence), "id": None}).save(force_insert=True)


def _columns(item):
    return {field.attname: getattr(item, field.attname) for field in Evidence._meta.concrete_fields}


class TestDocumentNumbers:
    @pytest.mark.parametrize("brackets", BRACKETS)
    def test_any_bracket_becomes_the_right_one(self, brackets):
        assert normalised_document_number(f"西政办发{brackets[0]}2017{brackets[1]}13号") == "西政办发〔2017〕13号"

    @pytest.mark.parametrize(
        "typed",
        [
            "西政办发〔2017〕13号",
            " 西政办发 〔2017〕 13 号 ",
            "西政办发〔2017〕013号",
            "西政办发〔2017〕第13号",
            "西政办发(2017)第 013 号",
            "西政办发（２０１７）１３号",
            "西政办发［2017年］13号",
            "西政办发[2017）13号",
            "西 政 办 发【2017】13號",
            "西政办发　〔2017〕　13号",
            "西政办发\t〔2017〕\n13号",
        ],
    )
    def test_odd_spellings_come_out_alike(self, typed):
        assert normalised_document_number(typed) == "西政办发〔2017〕13号"

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "国家税务总局公告2017年第13号",
            "第 13 号令",
            "西政办发〔2017〕",
            "西政办发2017-13",
            "〔2017〕13号",
            "西政办发〔17〕13号",
            "西政办发〔2017〕0号",
            "GB/T 9704-2012",
        ],
    )
    def test_another_form_is_kept_as_typed(self, typed):
        assert normalised_document_number(f"  {typed} ") == typed

    @pytest.mark.parametrize("typed", ["号" * 10_000, "〔" * 10_000, "西" * 10_000 + "〔2017〕13号", " " * 10_000])
    def test_long_ones_are_answered(self, typed):
        assert normalised_document_number(typed) == typed.strip()

    def test_it_is_stored_in_that_form(self, world):
        use = world.proof(world.started(), document_number="区培发 [2025] 007 号")
        assert use.evidence.document_number == "区培发〔2025〕7号"


class TestSecrecy:
    @pytest.mark.parametrize(
        "marked",
        [
            "绝密★30年",
            "机密★",
            "秘密★5年 培训通知",
            "秘密 ★ 长期",
            "秘密☆1年",
            "秘密*1年",
            "机密10年",
            "秘密 6个月",
            "绝密",
            " 秘　密 ",
            "正文\n机密\n正文",
        ],
    )
    @pytest.mark.parametrize("field", ["title", "claim"])
    def test_a_mark_is_refused_and_nothing_is_kept(self, world, marked, field):
        task = world.started()
        before = TaskEvent.objects.count()
        given = {"kind": "notice", "title": "通知", "dated_on": datetime.date(2025, 2, 1), "disclosure": "public"}
        given |= {"document_number": "区培发〔2025〕7号", "not_classified": True, field: marked}
        with pytest.raises(SecrecyMark) as refused:
            evidence.deposit(task.pk, by=world.staff, **given)
        assert refused.value.field == field
        assert (Evidence.objects.count(), TaskEvent.objects.count()) == (0, before)

    @pytest.mark.parametrize("field", ["title", "issuer", "place", "document_number"])
    def test_in_every_text_of_an_item(self, world, field):
        with pytest.raises(SecrecyMark):
            world.proof(world.started(), **{field: "秘密★1年"})

    @pytest.mark.parametrize(
        "words",
        ["保守国家秘密", "商业秘密保护培训", "绝密切联系群众", "机密封条", "秘密法2024年修订", "杜绝\n密切", "密★"],
    )
    def test_words_about_secrecy_are_no_mark(self, world, words):
        assert world.proof(world.started(), title=words).evidence.title == words

    @pytest.mark.parametrize("name", ["summary", "problems", "next_steps"])
    def test_in_what_is_reported(self, world, name):
        task = world.started()
        words = {"summary": "办了", name: "秘密★1年"}
        with pytest.raises(SecrecyMark):
            tasks.report(task.pk, by=world.staff, progress=60, **words)
        assert Task.objects.get(pk=task.pk).progress == 50

    def test_in_the_words_of_a_move(self, world):
        task = world.submitted()
        with pytest.raises(SecrecyMark):
            tasks.withdraw(task.pk, by=world.staff, reason="绝密")
        assert Task.objects.get(pk=task.pk).status == Status.AWAITING_SIGN_OFF

    def test_the_log_names_person_and_task_and_never_the_text(self, world, caplog):
        with pytest.raises(SecrecyMark):
            world.proof(world.started(), title="秘密★1年 关于某事")
        line = next(record.getMessage() for record in caplog.records if record.name == "tracker.secrecy")
        assert world.staff.username in line
        assert "1.1" in line
        assert "某事" not in line
        assert "秘密" not in line


class TestWhoGives:
    def test_the_lead_unit_and_supporting_units(self, world):
        task = world.started(supporting_units=[world.second])
        for by in (world.staff, world.head, world.second_staff, world.second_head):
            assert world.proof(task, by=by).evidence.unit == by.unit

    @pytest.mark.parametrize(
        "who", ["second_staff", "reviewer", "admin", "leader", "auditor", "viewer", "foreign_staff"]
    )
    def test_nobody_else(self, world, who):
        task = world.started()
        with pytest.raises(NotPermitted):
            world.proof(task, by=getattr(world, who))
        assert not Evidence.objects.exists()

    @pytest.mark.parametrize("state", ["submitted", "under_review", "completed"])
    def test_not_while_somebody_is_judging(self, world, state):
        task = getattr(world, state)()
        with pytest.raises(MoveRefused):
            world.proof(task)

    def test_not_before_the_task_is_confirmed(self, world):
        with pytest.raises(NotPermitted):
            world.proof(world.task)


class TestUsingWhatIsThere:
    def test_twice_for_one_task_is_refused(self, world):
        use = world.proof(world.started())
        with pytest.raises(InvalidInput) as refused:
            evidence.use(use.task_id, use.evidence_id, by=world.staff, claim="考试已办")
        assert refused.value.field == "existing"

    def test_a_rejected_item_is_not_offered_again(self, world):
        use = world.proof(world.started())
        evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=False, relevant=True, reason="日期不符")
        with pytest.raises(InvalidInput):
            evidence.use(use.task_id, use.evidence_id, by=world.staff, claim="考试已办")
        assert fresh(use).verdict == Verdict.REJECTED

    @pytest.mark.parametrize("claim", ["", " \n ", "长" * 301])
    def test_each_use_names_a_claim_that_fits(self, world, claim):
        item = world.proof(world.started()).evidence
        other = world.started(world.tasks[1])
        with pytest.raises(InvalidInput) as refused:
            evidence.use(other.pk, item.pk, by=world.staff, claim=claim)
        assert refused.value.field == f"claim_{item.pk}"
        assert not EvidenceUse.objects.filter(task=other).exists()

    def test_an_internal_item_of_others_does_not_exist(self, world):
        hidden = world.proof(
            world.started(world.tasks[2], unit=world.second), by=world.second_staff, disclosure=Disclosure.INTERNAL
        )
        with pytest.raises(InvalidInput):
            evidence.use(world.started().pk, hidden.evidence_id, by=world.staff, claim="考试已办")


class TestNewVersions:
    def test_keeps_the_old_one_and_names_it(self, world):
        old = world.proof(world.started())
        new = world.proof(world.task, replaces=old.evidence, title="培训通知（修订）")
        assert (new.evidence.replaces, fresh(old).verdict) == (old.evidence, Verdict.PENDING)
        assert Evidence.objects.get(pk=old.evidence_id).title == "培训通知"

    def test_only_once(self, world):
        old = world.proof(world.started()).evidence
        world.proof(world.task, replaces=old)
        with pytest.raises(MoveRefused):
            world.proof(world.task, replaces=Evidence.objects.get(pk=old.pk))

    def test_only_by_the_unit_that_gave_it(self, world):
        task = world.started(supporting_units=[world.second])
        old = world.proof(task).evidence
        with pytest.raises(NotPermitted):
            world.proof(task, by=world.second_staff, replaces=old)


class TestJudging:
    def test_three_times_yes_accepts(self, world):
        use = evidence.judge(world.proof(world.started()).pk, by=world.reviewer, **YES)
        assert (use.verdict, use.judged_by) == (Verdict.ACCEPTED, world.reviewer)
        assert TaskEvent.objects.latest("sequence").kind == EventKind.EVIDENCE_JUDGE

    @pytest.mark.parametrize("question", list(YES))
    def test_one_no_rejects_and_needs_a_reason(self, world, question):
        use = world.proof(world.started())
        with pytest.raises(InvalidInput) as refused:
            evidence.judge(use.pk, by=world.reviewer, **{**YES, question: False}, reason=" ")
        assert (refused.value.field, fresh(use).verdict) == ("reason", Verdict.PENDING)
        evidence.judge(use.pk, by=world.reviewer, **{**YES, question: False}, reason="日期不符")
        assert (fresh(use).verdict, fresh(use).reason) == (Verdict.REJECTED, "日期不符")

    @pytest.mark.parametrize("who", ["staff", "head", "second_staff", "admin", "leader", "auditor", "viewer"])
    def test_only_reviewers_judge(self, world, who):
        use = world.proof(world.started())
        with pytest.raises(NotPermitted):
            evidence.judge(use.pk, by=getattr(world, who), **YES)
        assert fresh(use).verdict == Verdict.PENDING

    def test_who_gave_it_cannot_accept_it_in_a_new_role(self, world):
        use = world.proof(world.started())
        world.staff.role, world.staff.unit = "reviewer", world.justice
        world.staff.save()
        with pytest.raises(NotPermitted, match=r".+"):
            evidence.judge(use.pk, by=world.staff, **YES)
        assert fresh(use).verdict == Verdict.PENDING

    def test_who_offered_it_for_another_task_cannot_accept_it_there(self, world):
        item = world.proof(world.started()).evidence
        use = evidence.use(world.started(world.tasks[1]).pk, item.pk, by=world.head, claim="考试已办")
        world.head.role, world.head.unit = "reviewer", world.justice
        world.head.save()
        with pytest.raises(NotPermitted):
            evidence.judge(use.pk, by=world.head, **YES)

    def test_a_reviewer_of_the_lead_unit_cannot_accept(self, world):
        use = world.proof(world.started())
        colleague = world.person("colleague", "reviewer", world.bureau)
        with pytest.raises(NotPermitted):
            evidence.judge(use.pk, by=colleague, **YES)
        assert fresh(use).verdict == Verdict.PENDING

    def test_a_closed_task_is_judged_no_more(self, world):
        task = world.completed()
        with pytest.raises(MoveRefused):
            evidence.judge(EvidenceUse.objects.get(task=task).pk, by=world.reviewer, **YES)


class TestWithdrawing:
    def test_leaves_the_item_and_a_line(self, world):
        use = evidence.withdraw(world.proof(world.started()).pk, by=world.head)
        assert fresh(use).verdict == Verdict.WITHDRAWN
        assert Evidence.objects.filter(pk=use.evidence_id).exists()
        assert use.evidence.number in TaskEvent.objects.latest("sequence").detail

    def test_it_counts_no_more_and_is_judged_no_more(self, world):
        task = world.started()
        use = evidence.withdraw(world.proof(task).pk, by=world.staff)
        with pytest.raises(MoveRefused):
            tasks.submit(task.pk, by=world.staff, summary="办完了")
        with pytest.raises(MoveRefused):
            evidence.judge(use.pk, by=world.reviewer, **YES)

    def test_it_can_be_given_again(self, world):
        task = world.started()
        use = evidence.withdraw(world.proof(task).pk, by=world.staff)
        again = evidence.use(task.pk, use.evidence_id, by=world.head, claim="再次提供")
        assert (again.pk, fresh(use).verdict, fresh(use).claim) == (use.pk, Verdict.PENDING, "再次提供")
        assert fresh(use).added_by == world.head

    @pytest.mark.parametrize("who", ["second_staff", "reviewer", "admin", "viewer", "foreign_staff"])
    def test_only_by_the_unit_that_gave_it(self, world, who):
        use = world.proof(world.started(supporting_units=[world.second]))
        with pytest.raises(NotPermitted):
            evidence.withdraw(use.pk, by=getattr(world, who))
        assert fresh(use).verdict == Verdict.PENDING

    def test_not_once_it_is_judged(self, world):
        use = world.proof(world.started())
        evidence.judge(use.pk, by=world.reviewer, **YES)
        with pytest.raises(MoveRefused):
            evidence.withdraw(use.pk, by=world.staff)

    def test_not_while_it_is_under_review(self, world):
        task = world.under_review()
        with pytest.raises(MoveRefused):
            evidence.withdraw(EvidenceUse.objects.get(task=task).pk, by=world.staff)

    def test_not_in_a_closed_plan(self, world):
        use = world.proof(world.started())
        Plan.objects.filter(pk=world.plan.pk).update(state="closed")
        with pytest.raises(MoveRefused):
            evidence.withdraw(use.pk, by=world.staff)
        assert fresh(use).verdict == Verdict.PENDING


def test_a_cancelled_task_takes_no_evidence(world):
    task = world.started()
    asked = requests.ask(task.pk, by=world.staff, kind="cancellation", reason="职能划转")
    requests.decide(asked.pk, by=world.admin, approved=True, approving_body="区政府", basis_document="纪要3号")
    tasks.cancel(task.pk, by=world.admin)
    with pytest.raises(MoveRefused):
        world.proof(task)
