"""`manage.py send_reminders`: one message a day at most to each person. A timer runs it every morning or more often."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from tracker import clock
from tracker.services import reminder_messages


class Command(BaseCommand):
    help = "Send each person by e-mail what has come due: dates, cut-offs, returns, demands, supervision notices."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SITE_ADDRESS:
            raise CommandError(_("SITE_ADDRESS is not set; the links in the messages need it."))
        people = reminder_messages.waiting()
        with tqdm(total=len(people), file=self.stderr, disable=not self.stderr.isatty(), unit="") as bar:
            counts = reminder_messages.run(people, told=bar.update)
        if reminder_messages.is_quiet(clock.today()):
            self.stdout.write(_("Today is a quiet day; nothing was sent."))
            return
        sent, failed = counts["sent"], counts["failed"]
        self.stdout.write(ngettext("%(number)d message sent.", "%(number)d messages sent.", sent) % {"number": sent})
        if failed:
            words = ngettext("%(number)d message failed.", "%(number)d messages failed.", failed) % {"number": failed}
            self.stdout.write(words)
        if counts["away"]:
            raise CommandError(_("The mail server does not answer; the next run tries again."))
