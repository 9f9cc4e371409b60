"""`manage.py verify_history`: walk the digest chain of the history, and look at every file of evidence."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.exceptions import BrokenChain
from tracker.services import files, history


class Command(BaseCommand):
    help = "Check every line of history against its digest and its predecessor; name the first broken one."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            number = history.verify()
        except BrokenChain as broken:
            raise CommandError(_("The history is broken: %(where)s.") % {"where": broken}) from broken
        self.stdout.write(_("%(number)d lines of history, all in order.") % {"number": number})
        damaged = [self._words(item, there) for item, there in files.damaged()]
        if damaged:
            raise CommandError("\n".join(damaged))

    @staticmethod
    def _words(item: str, there: bool) -> str:
        words = _("%(item)s: the file differs from its digest") if there else _("%(item)s: the file is missing")
        return words % {"item": item}
