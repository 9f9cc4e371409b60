"""Dead and changed addresses: told late enough not to cry wolf, cleared by whoever looks again."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from tests.tracker.fetching.site import site
from tracker import clock
from tracker.enums import EventKind, LinkHealth
from tracker.exceptions import InvalidInput, MoveRefused, NotPermitted, SecrecyMark
from tracker.fetching import Look, Outcome
from tracker.models import AddressCheck, AddressTurn, Evidence, EvidenceUse, JobRun, TaskEvent
from tracker.services import evidence, link_checks

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def pages(settings):
    with site() as server:
        settings.CHECK_LINKS_HOSTS = [server.host]
        yield server


@pytest.fixture
def item(world, pages):
    return world.proof(world.started(), address=pages.address("/fine")).evidence


def look_now(after=0) -> AddressCheck:
    """One run, so many hours after the test's present."""
    with clock.at(clock.now() + after * HOUR):
        link_checks.run(link_checks.due())
    return AddressCheck.objects.get()


def accept(world, item):
    use = item.uses.get()
    evidence.judge(use.pk, by=world.reviewer, authentic=True, timely=True, relevant=True)


class TestDead:
    def test_one_failure_is_not_death(self, pages, item):
        pages.failing = True
        assert look_now().health == LinkHealth.FAILING
        pages.failing = False
        assert look_now(after=4).health == LinkHealth.ALIVE
        pages.failing = True
        assert look_now(after=8).health == LinkHealth.FAILING

    def test_a_second_failure_hours_later_is(self, pages, item):
        pages.failing = True
        look_now()
        dead = look_now(after=4)
        assert (dead.health, dead.status_code) == (LinkHealth.DEAD, 503)
        assert dead.dead_since == clock.now() + 4 * HOUR
        pages.failing = False
        assert look_now(after=8).health == LinkHealth.ALIVE

    def test_nothing_is_looked_at_twice_within_hours(self, pages, item):
        look_now()
        with clock.at(clock.now() + 2 * HOUR):
            assert link_checks.due() == []
        with clock.at(clock.now() + 3 * HOUR):
            assert link_checks.due() == [(item.pk, item.address)]

    def test_what_the_server_may_not_see_is_not_dead(self, world, item, pages):
        for outcome in (Outcome.REFUSED, Outcome.UNTRUSTED, Outcome.FORBIDDEN):
            check = AddressCheck(evidence=item)
            for hours in (0, 4, 8):
                link_checks.settle(check, Look(outcome), clock.now() + hours * HOUR, accepted=True)
            assert check.health == LinkHealth.UNTOLD


class TestChanged:
    def test_only_the_same_other_words_twice_count(self, world, pages, item):
        look_now()
        accept(world, item)
        pages.words = "网站维护中"
        assert look_now(after=4).health == LinkHealth.ALIVE
        pages.words = "三期培训已完成"
        assert look_now(after=8).health == LinkHealth.ALIVE
        pages.words = "两期培训已完成"
        assert look_now(after=12).health == LinkHealth.ALIVE
        assert look_now(after=16).health == LinkHealth.CHANGED

    def test_before_acceptance_a_page_may_change(self, world, pages, item):
        look_now()
        pages.words = "四期"
        look_now(after=4)
        assert look_now(after=8).health == LinkHealth.ALIVE

    def test_words_that_come_back_are_those_accepted(self, world, pages, item):
        self.changed(world, pages, item)
        pages.words = "三期培训已完成"
        assert look_now(after=12).health == LinkHealth.ALIVE

    def changed(self, world, pages, item) -> AddressCheck:
        look_now()
        accept(world, item)
        pages.words = "两期培训已完成"
        look_now(after=4)
        return look_now(after=8)

    def test_a_reviewer_who_looks_again_clears_it_and_says_why(self, world, pages, item):
        self.changed(world, pages, item)
        link_checks.look_again(item.pk, by=world.reviewer, reason="改了版式，内容未变")
        assert AddressCheck.objects.get().health == LinkHealth.ALIVE
        line = TaskEvent.objects.latest("sequence")
        assert (line.kind, line.reason) == (EventKind.EVIDENCE_JUDGE, "改了版式，内容未变")
        assert item.number in line.detail
        assert look_now(after=12).health == LinkHealth.ALIVE

    def test_who_may_and_what_is_asked(self, world, pages, item):
        with pytest.raises(AddressCheck.DoesNotExist):
            link_checks.look_again(item.pk, by=world.reviewer, reason="已看")
        self.changed(world, pages, item)
        for person in (world.staff, world.head, world.admin, world.leader, world.auditor):
            with pytest.raises(NotPermitted):
                link_checks.look_again(item.pk, by=person, reason="已看")
        for words, kind in ((" ", InvalidInput), ("长" * 501, InvalidInput), ("机密", SecrecyMark)):
            with pytest.raises(kind):
                link_checks.look_again(item.pk, by=world.reviewer, reason=words)
        assert AddressCheck.objects.get().health == LinkHealth.CHANGED
        link_checks.look_again(item.pk, by=world.reviewer, reason="已看")
        with pytest.raises(MoveRefused):
            link_checks.look_again(item.pk, by=world.reviewer, reason="已看")


class TestAcceptedForAnotherTask:
    """One item, accepted for a first task, is judged for a second one after its page has changed."""

    @pytest.fixture
    def second(self, world, pages, item):
        look_now()
        accept(world, item)
        use = evidence.use(world.started(world.tasks[1]).pk, item.pk, by=world.staff, claim="考试已办")
        pages.words = "两期培训已完成"
        look_now(after=4)
        assert look_now(after=8).health == LinkHealth.CHANGED
        return use

    def judge(self, world, use, **answers):
        yes = {"authentic": True, "timely": True, "relevant": True}
        return evidence.judge(use.pk, by=world.reviewer, **{**yes, **answers})

    def test_it_is_looked_at_again_first(self, world, second):
        lines = TaskEvent.objects.count()
        with pytest.raises(MoveRefused, match=second.evidence.number):
            self.judge(world, second)
        assert (EvidenceUse.objects.get(pk=second.pk).verdict, TaskEvent.objects.count()) == ("pending", lines)
        assert AddressCheck.objects.get().health == LinkHealth.CHANGED
        link_checks.look_again(second.evidence_id, by=world.reviewer, reason="改了版式，内容未变")
        assert self.judge(world, second).verdict == "accepted"
        assert AddressCheck.objects.get().health == LinkHealth.ALIVE

    def test_it_can_be_rejected_at_once(self, world, second):
        assert self.judge(world, second, relevant=False, reason="与考试无关").verdict == "rejected"
        assert AddressCheck.objects.get().health == LinkHealth.CHANGED

    def test_the_first_use_is_not_accepted_anew_to_clear_it(self, world, item, second):
        with pytest.raises(MoveRefused):
            self.judge(world, item.uses.get(task=item.task))
        assert AddressCheck.objects.get().health == LinkHealth.CHANGED

    def test_once_nothing_stands_on_the_old_words_the_new_ones_are_accepted(self, world, item, second):
        self.judge(world, item.uses.get(task=item.task), timely=False, reason="页面已改")
        assert self.judge(world, second).verdict == "accepted"
        assert AddressCheck.objects.get().health == LinkHealth.ALIVE

    def test_a_change_not_borne_out_yet_is_not_taken_for_what_was_accepted(self, world, pages, item):
        look_now()
        accept(world, item)
        use = evidence.use(world.started(world.tasks[1]).pk, item.pk, by=world.staff, claim="考试已办")
        pages.words = "两期培训已完成"
        look_now(after=4)
        self.judge(world, use)
        assert look_now(after=8).health == LinkHealth.CHANGED

    def test_a_dead_page_is_accepted_elsewhere_and_its_change_is_kept(self, world, pages, second):
        pages.failing = True
        look_now(after=12)
        assert look_now(after=16).health == LinkHealth.DEAD
        self.judge(world, second)
        assert AddressCheck.objects.get().changed_at is not None

    def test_the_page_of_review_leads_to_the_look(self, world, signed_in, second):
        client = signed_in(world.reviewer)
        data = {f"{second.pk}-{name}": "yes" for name in ("authentic", "timely", "relevant")}
        answer = client.post(reverse("judge", args=[second.pk]), data)
        assert answer.status_code == 409
        assert f"{second.evidence.get_absolute_url()}#again" in answer.content.decode()
        assert "请先复核" in answer.content.decode()


class TestTurns:
    """From when on what was said of an address is kept for good."""

    def turns(self, item):
        return [(turn.at - clock.now(), turn.health) for turn in AddressTurn.objects.filter(evidence=item)]

    def test_only_turns_are_kept(self, world, pages, item):
        look_now()
        accept(world, item)
        pages.failing = True
        for hours in (4, 8, 12):
            look_now(after=hours)
        pages.failing, pages.words = False, "两期培训已完成"
        for hours in (16, 20, 24):
            look_now(after=hours)
        with clock.at(clock.now() + 25 * HOUR):
            link_checks.look_again(item.pk, by=world.reviewer, reason="只改了版式")
        expected = [(0, "alive"), (4, "failing"), (8, "dead"), (16, "alive"), (20, "changed"), (25, "alive")]
        assert self.turns(item) == [(hours * HOUR, health) for hours, health in expected]

    def test_no_turn_is_ever_changed(self, world, pages, item):
        look_now()
        turn = AddressTurn.objects.get()
        for act in (turn.save, turn.delete, AddressTurn.objects.all().delete):
            with pytest.raises(PermissionError):
                act()
        connection.check_constraints()
        for attack in ("UPDATE {} SET health = 'dead'", "DELETE FROM {}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(attack.format(AddressTurn._meta.db_table))
        assert self.turns(item) == [(0 * HOUR, "alive")]

    def test_what_was_known_before_turns_were_kept_becomes_the_first(self, world, pages, item):
        since = clock.now() - 5 * HOUR
        kept = {"checked_at": clock.now(), "outcome": "gone"}
        others = [world.proof(item.task, address=pages.address(f"/fine/{number}")).evidence for number in range(3)]
        AddressCheck.objects.create(evidence=item, **kept, failed_since=since - HOUR, dead_since=since)
        AddressCheck.objects.create(evidence=others[0], **kept, failed_since=since)
        AddressCheck.objects.create(evidence=others[1], **kept | {"outcome": "alive"}, changed_at=since)
        AddressCheck.objects.create(evidence=others[2], **kept | {"outcome": "refused"})
        import_module("tracker.migrations.0014_address_turns").begin_with_the_present(apps, None)
        found = [(turn.evidence, turn.health, turn.at) for turn in AddressTurn.objects.order_by("pk")]
        assert found == [
            (item, "dead", since),
            (others[0], "failing", since),
            (others[1], "changed", since),
            (others[2], "untold", clock.now()),
        ]


class TestTheRun:
    def test_a_run_is_kept_with_its_counts(self, world, pages, item, capsys):
        world.proof(item.task, address=pages.address("/missing"))
        world.proof(item.task, address="http://10.0.0.1/")
        world.proof(item.task, address="", document_number="西司发〔2025〕1号")
        call_command("check_links")
        run = JobRun.objects.get()
        assert run.counts == {"alive": 1, "gone": 1, "forbidden": 1}
        assert run.ended_at is not None
        assert "3" in capsys.readouterr().out

    def test_one_address_of_two_items_is_asked_for_once(self, world, pages, item):
        world.proof(item.task, address=item.address)
        link_checks.run(link_checks.due())
        assert (len(pages.asked), AddressCheck.objects.count()) == (1, 2)

    def test_a_run_that_was_broken_off_is_gone_on_with(self, world, pages, item):
        for number in range(3):
            world.proof(item.task, address=pages.address(f"/fine/{number}"))

        def break_off(number: int) -> None:
            if AddressCheck.objects.count() == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            link_checks.run(link_checks.due(), told=break_off)
        assert JobRun.objects.get().ended_at is None
        assert len(link_checks.due()) == 2

    def test_a_second_run_at_the_same_time_is_refused(self, settings, tmp_path, db):
        settings.VAR_DIR = tmp_path
        import fcntl

        with (tmp_path / "check_links.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(CommandError):
                call_command("check_links")
        call_command("check_links")

    def test_replaced_items_and_finished_plans_are_left_alone(self, world, pages, item):
        world.proof(item.task, address=pages.address("/fine/2"), replaces=item)
        assert [key for key, _address in link_checks.due()] == [Evidence.objects.latest("pk").pk]
        type(item.plan).objects.update(state="closed")
        assert link_checks.due() == []
