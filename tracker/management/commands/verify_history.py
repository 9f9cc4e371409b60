"""`manage.py verify_history`: walk the digest chain of the history."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.exceptions import BrokenChain
from tracker.services import history


class Command(BaseCommand):
    help = "Check every line of history against its digest and its predecessor; name the first broken one."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            number = history.verify()
        except BrokenChain as broken:
            raise CommandError(_("The history is broken: %(where)s.") % {"where": broken}) from broken
        self.stdout.write(_("%(number)d lines of history, all in order.") % {"number": number})
