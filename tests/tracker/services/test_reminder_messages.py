"""One message a day at most to each person, never twice, with everything in it."""

import datetime
import re
import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from tests.tracker.services.test_reminders import DAY, at_noon, demand, notice
from tracker import clock
from tracker.enums import MessageState, ReminderChoice
from tracker.models import JobRun, Reminder, ReminderMessage, Task, User
from tracker.services import reminder_messages, tasks

# A Tuesday; the world's tasks are due on it, but where a test says otherwise.
DUE = datetime.date(2025, 9, 30)
MONDAY = DUE - DAY
HOUR = datetime.timedelta(hours=1)


def give_addresses():
    for person in User.objects.all():
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@tracker.example")


def started(world, **values):
    """A task of the bureau that has been reported on, so that no cut-off asks for it before a month has gone."""
    task = world.started(**values)
    Task.objects.filter(pk=task.pk).update_past_guard(last_report_on=datetime.date(2025, 12, 1))
    return task


@pytest.fixture
def late(world):
    """One task that is due on the last day of September, owned by the contributor; everyone can be written to."""
    task = started(world, due_on=DUE)
    give_addresses()
    return task


def run(day, hours=12):
    """One run on that day; the names of those written to."""
    before = len(mail.outbox)
    with clock.at(clock.start_of(day) + hours * HOUR):
        reminder_messages.run(reminder_messages.waiting())
    return sorted(message.to[0].partition("@")[0] for message in mail.outbox[before:])


def choose(person, choice):
    User.objects.filter(pk=person.pk).update(reminders=choice)


class TestOnce:
    def test_each_occasion_is_sent_on_its_day_and_not_before_and_once(self, late):
        sent = {}
        for ahead in range(-12, 45):
            names = run(DUE + ahead * DAY)
            if names:
                sent[ahead] = names
        # 30 days before is a Sunday and 31 August; the run of Monday comes first here, 12 days before.
        assert sent == {
            -12: ["staff"],
            -7: ["staff"],
            -1: ["staff"],
            1: ["head", "staff"],
            7: ["head", "staff"],
            30: ["head", "staff"],
        }

    def test_a_run_that_was_missed_is_made_good_until_the_next_occasion(self, late):
        assert run(DUE - 5 * DAY) == ["staff"]
        assert [row.key for row in Reminder.objects.all()] == [f"due:{late.pk}:2025-09-30:7"]
        assert run(DUE - 4 * DAY) == []

    def test_a_second_run_of_the_day_sends_nothing(self, late):
        assert run(MONDAY) == ["staff"]
        assert run(MONDAY, hours=18) == []
        assert ReminderMessage.objects.get().state == MessageState.SENT

    def test_everything_of_a_day_is_in_one_message(self, world, late):
        notice(world, late, limit=DUE + 10 * DAY)
        demand(world, late, DUE)
        started(world, task=world.tasks[1], due_on=MONDAY - DAY)
        assert run(MONDAY) == ["head", "staff"]
        message = next(one for one in mail.outbox if one.to == ["staff@tracker.example"])
        assert message.subject == "计划督办：4 件事请您留意（督办单 1，已过时限 1）"
        order = [message.body.index(words) for words in ("督办单\n", "已过时限\n", "要求报告\n", "临近时限\n")]
        assert order == sorted(order)

    def test_a_notice_after_the_message_of_the_day_waits_for_the_next(self, world, late):
        run(MONDAY)
        notice(world, late, limit=DUE + 10 * DAY)
        assert run(MONDAY, hours=18) == ["head"]
        assert run(DUE) == ["staff"]


class TestWords:
    def test_plain_text_with_absolute_links(self, late):
        run(MONDAY)
        message = mail.outbox[0]
        assert message.content_subtype == "plain"
        assert message.body == (
            "人-staff，您好：\n\n截至2025年9月29日，请您留意：\n\n临近时限\n"
            f"- 9月30日\u30001.1 继续组织全员培训\u3000完成时限\n  https://tracker.example.gov.cn/tasks/{late.pk}/\n\n"
            "--\n同样的清单见您的首页：https://tracker.example.gov.cn/\n"
            "多久收一次邮件，可在此设置：https://tracker.example.gov.cn/account/\n"
        )

    def test_the_number_of_the_message_follows_from_person_and_day(self, world, late):
        run(MONDAY)
        headers = mail.outbox[0].extra_headers
        assert headers["Message-ID"] == f"<reminder-{world.staff.pk}-20250929@tracker.example.gov.cn>"
        assert headers["Auto-Submitted"] == "auto-generated"

    def test_nothing_of_what_stays_inside_is_in_it(self, world, late):
        notice(world, late, limit=DUE, demand="canary", basis="canary")
        demand(world, late, DUE, words="canary")
        returned = world.started(world.tasks[1], due_on=DUE)
        world.proof(returned, title="canary", disclosure="internal")
        tasks.submit(returned.pk, by=world.staff, summary="canary")
        tasks.send_back(returned.pk, by=world.head, reason="canary")
        tasks.remark(late.pk, by=world.reviewer, reason="canary")
        run(DUE + DAY)
        assert len(mail.outbox) == 2
        for message in mail.outbox:
            assert "canary" not in message.message().as_string() + message.subject + message.body
            assert not re.search("password|密码", message.body)

    def test_it_is_chinese_whatever_the_run_speaks(self, late):
        from django.utils import translation

        with translation.override("en"):
            run(MONDAY)
        assert mail.outbox[0].subject == "计划督办：1 件事请您留意"


class TestWho:
    def test_nobody_without_an_address(self, world, late):
        User.objects.filter(pk=world.staff.pk).update(email="")
        assert run(DUE + DAY) == ["head"]
        assert not ReminderMessage.objects.filter(person=world.staff).exists()

    def test_nobody_who_is_not_active(self, world, late):
        User.objects.filter(pk=world.head.pk).update(is_active=False)
        assert run(DUE + DAY) == ["staff"]

    def test_nobody_of_another_government(self, world, late):
        assert world.foreign_task.plan.government == world.other_district
        User.objects.filter(pk=world.staff.pk).update(unit=world.foreign_bureau)
        assert run(DUE + DAY) == ["head"]

    def test_who_has_gone_since_is_not_written_to(self, world, late):
        with at_noon(DUE + DAY):
            waiting = reminder_messages.waiting()
            User.objects.filter(pk=world.head.pk).update(is_active=False)
            reminder_messages.run(waiting)
        assert [one.to for one in mail.outbox] == [["staff@tracker.example"]]


class TestChoice:
    def test_weekly_on_the_first_open_day_of_the_week(self, world, late):
        choose(world.staff, ReminderChoice.WEEKLY)
        days = [DUE + ahead * DAY for ahead in range(-15, 10)]
        assert [day for day in days if run(day) and day != DUE] == [
            datetime.date(2025, 9, 15),  # 30 days before has come
            datetime.date(2025, 9, 29),  # 7 days before came on a Tuesday, 1 day before is today's
            datetime.date(2025, 10, 1),  # the head, daily
            datetime.date(2025, 10, 6),  # the week's first day
            datetime.date(2025, 10, 7),  # the head again
        ]
        mine = [row.message.on for row in Reminder.objects.filter(person=world.staff).select_related("message")]
        assert [day.isoweekday() for day in mine] == [1, 1, 1]

    def test_weekly_on_the_next_open_day_where_monday_is_quiet(self, world, late, settings):
        settings.QUIET_DAYS = ((MONDAY, MONDAY),)
        choose(world.staff, ReminderChoice.WEEKLY)
        assert run(MONDAY) == []
        assert run(DUE) == ["staff"]

    def test_weekly_on_the_first_day_with_a_whole_run(self, world, late):
        choose(world.staff, ReminderChoice.WEEKLY)
        JobRun.objects.create(name=reminder_messages.JOB, started_at=clock.start_of(MONDAY) + HOUR)
        assert run(DUE) == ["staff"]

    def test_none_but_notices(self, world, late):
        choose(world.staff, ReminderChoice.NONE)
        assert run(MONDAY) == []
        notice(world, late, limit=DUE + 10 * DAY)
        assert "staff" in run(DUE)
        assert "督办单" in mail.outbox[-1].subject
        assert "临近时限" not in mail.outbox[-1].body

    def test_notices_at_once_for_weekly_people_and_alone(self, world, late):
        choose(world.staff, ReminderChoice.WEEKLY)
        run(MONDAY - 7 * DAY)
        with at_noon(MONDAY - 4 * DAY):
            notice(world, late, limit=DUE + 10 * DAY)
        assert "staff" in run(MONDAY - 4 * DAY)
        message = [one for one in mail.outbox if one.to == ["staff@tracker.example"]][-1]
        assert "督办〔2025〕1号" in message.body
        assert "临近时限" not in message.body


class TestQuietDays:
    def test_what_falls_due_at_the_week_end_is_sent_on_monday(self, world):
        saturday = datetime.date(2025, 9, 27)
        started(world, due_on=saturday - DAY)
        give_addresses()
        assert run(saturday) == []
        assert run(saturday + DAY) == []
        assert run(saturday + 2 * DAY) == ["head", "staff"]

    def test_nothing_between_two_dates(self, late, settings):
        settings.QUIET_DAYS = ((DUE + DAY, DUE + 8 * DAY),)
        assert run(DUE) == ["staff"]
        assert [day for day in range(1, 9) if run(DUE + day * DAY)] == []
        assert run(DUE + 9 * DAY) == ["head", "staff"]
        assert {row.key for row in Reminder.objects.all()} >= {f"overdue:{late.pk}:2025-09-30:7"}

    def test_notices_wait_too(self, world, late):
        notice(world, late, limit=DUE + 10 * DAY)
        assert run(datetime.date(2025, 9, 28)) == []


class Broken(EmailBackend):
    """A mail server that fails as told: `fault` is raised for those whose address starts with `of`."""

    fault: BaseException | None = None
    of = ""
    tried = 0

    def send_messages(self, messages):
        for message in messages:
            if self.fault is not None and message.to[0].startswith(self.of):
                type(self).tried += 1
                raise self.fault
        return super().send_messages(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    Broken.fault, Broken.of, Broken.tried = None, "", 0
    return Broken


class TestFailure:
    def test_the_others_are_written_to_and_the_next_run_tries_again(self, world, late, server):
        server.fault, server.of = smtplib.SMTPDataError(554, b"secret words of the server"), "staff"
        assert run(DUE + DAY) == ["head"]
        failed = ReminderMessage.objects.get(person=world.staff)
        assert (failed.state, failed.failure, failed.sent_at) == (MessageState.FAILED, "SMTPDataError", None)
        server.fault = None
        assert run(DUE + DAY, hours=13) == ["staff"]
        assert run(DUE + DAY, hours=14) == []
        again = ReminderMessage.objects.get(person=world.staff)
        assert (again.state, again.failure) == (MessageState.SENT, "")
        assert Reminder.objects.filter(person=world.staff).count() == 1

    def test_a_later_day_tries_again_under_the_same_number_with_what_is_due_by_then(self, world, late, server):
        server.fault = smtplib.SMTPServerDisconnected()
        run(MONDAY)
        server.fault = None
        notice(world, late, limit=DUE + 10 * DAY)
        assert run(DUE) == ["head", "staff"]
        message = next(one for one in mail.outbox if one.to == ["staff@tracker.example"])
        assert "20250929@" in message.extra_headers["Message-ID"]
        assert message.subject.startswith("计划督办：2 件事")
        assert run(DUE, hours=15) == []
        assert ReminderMessage.objects.filter(person=world.staff).count() == 1

    def test_what_has_been_done_since_is_not_sent(self, world, late, server):
        server.fault = smtplib.SMTPServerDisconnected()
        run(MONDAY)
        server.fault = None
        Task.objects.filter(pk=late.pk).update(due_on=DUE + 90 * DAY)
        assert run(DUE) == []

    def test_who_wants_none_by_then_is_left_alone(self, world, late, server):
        server.fault = smtplib.SMTPServerDisconnected()
        run(MONDAY)
        server.fault = None
        choose(world.staff, ReminderChoice.NONE)
        assert run(DUE) == []

    def test_a_run_killed_between_claim_and_sending_is_made_good_once(self, world, late, server):
        server.fault = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            run(MONDAY)
        assert ReminderMessage.objects.get().state == MessageState.CLAIMED
        assert JobRun.objects.get().ended_at is None
        server.fault = None
        assert run(MONDAY, hours=12.5) == []
        assert run(MONDAY, hours=13.5) == ["staff"]
        assert run(MONDAY, hours=15) == []
        assert run(DUE) == []

    def test_what_went_out_before_the_kill_is_not_sent_again(self, world, late, server):
        server.fault, server.of = KeyboardInterrupt(), "head"
        with pytest.raises(KeyboardInterrupt):
            run(DUE + DAY)
        assert [message.to for message in mail.outbox] == [["staff@tracker.example"]]
        server.fault = None
        assert run(DUE + DAY, hours=14) == ["head"]

    def test_when_the_server_is_away_it_gives_up_and_the_week_is_not_lost(self, world, late, server, monkeypatch):
        monkeypatch.setattr(reminder_messages, "MOST_FAILURES", 2)
        for number in range(8):
            world.person(f"more-{number}", "unit_head", world.bureau, email=f"more-{number}@tracker.example")
        choose(world.staff, ReminderChoice.WEEKLY)
        server.fault = ConnectionRefusedError()
        assert run(DUE + 6 * DAY) == []
        assert Broken.tried == 2
        assert JobRun.objects.get().ended_at is None
        server.fault = None
        assert len(run(DUE + 7 * DAY)) == 10

    def test_bad_addresses_do_not_end_the_run(self, world, late, server, monkeypatch):
        monkeypatch.setattr(reminder_messages, "MOST_FAILURES", 1)
        server.fault, server.of = smtplib.SMTPRecipientsRefused({}), "staff"
        more = world.person("zz", "unit_head", world.bureau, email="zz@tracker.example")
        assert more.pk > world.staff.pk
        assert run(DUE + DAY) == ["head", "zz"]


class TestCommand:
    def test_says_what_it_did_and_keeps_the_run(self, late, capsys):
        with at_noon(DUE + DAY):
            call_command("send_reminders")
        assert capsys.readouterr().out == "已发送 2 封。\n"
        kept = JobRun.objects.get()
        assert (kept.name, kept.counts) == ("send_reminders", {"sent": 2})
        assert kept.ended_at is not None

    def test_says_what_failed(self, late, server, capsys):
        server.fault, server.of = smtplib.SMTPDataError(554, b"no"), "staff"
        with at_noon(DUE + DAY):
            call_command("send_reminders")
        assert capsys.readouterr().out == "已发送 1 封。\n1 封未发出。\n"

    def test_says_that_the_day_is_quiet(self, late, capsys):
        with at_noon(datetime.date(2025, 9, 28)):
            call_command("send_reminders")
        assert capsys.readouterr().out == "今天是免打扰日，未发送。\n"

    def test_needs_the_address_of_the_installation(self, late, settings):
        settings.SITE_ADDRESS = ""
        with pytest.raises(CommandError, match="SITE_ADDRESS"), at_noon(DUE + DAY):
            call_command("send_reminders")
        assert not ReminderMessage.objects.exists()

    def test_ends_with_an_error_when_the_server_is_away(self, world, late, server, monkeypatch):
        monkeypatch.setattr(reminder_messages, "MOST_FAILURES", 1)
        server.fault = ConnectionRefusedError()
        with pytest.raises(CommandError, match="邮件服务器没有应答"), at_noon(DUE + DAY):
            call_command("send_reminders")


@pytest.mark.parametrize("number", [1, 3])
def test_claiming_costs_the_same_for_one_person_and_for_three(world, late, number, django_assert_num_queries):
    for extra in range(number - 1):
        world.person(f"more-{extra}", "unit_head", world.bureau, email=f"more-{extra}@tracker.example")
    User.objects.filter(pk=world.staff.pk).update(email="")
    with at_noon(DUE + DAY):
        with django_assert_num_queries(5):  # plans, people, tasks, notices, demands
            waiting = reminder_messages.waiting()
        with django_assert_num_queries(11):
            assert reminder_messages.run(waiting)["sent"] == number
