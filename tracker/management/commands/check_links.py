"""`manage.py check_links`: look at the web addresses of the evidence. A timer runs it twice a day or more often."""

import fcntl
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from tqdm import tqdm

from tracker.enums import LookOutcome
from tracker.services import link_checks


class Command(BaseCommand):
    help = "Look at the web addresses of the evidence: which are dead, which have changed since their acceptance."

    def handle(self, *args: Any, **options: Any) -> None:
        place = Path(settings.VAR_DIR) / "check_links.lock"
        place.parent.mkdir(parents=True, exist_ok=True)
        # The lock ends with the process, however that ends.
        with place.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CommandError(_("Another run is under way.")) from error
            self._run()

    def _run(self) -> None:
        items = link_checks.due()
        with tqdm(total=len(items), file=self.stderr, disable=not self.stderr.isatty(), unit="") as bar:
            counts = link_checks.run(items, told=bar.update)
        self.stdout.write(_("%(number)d addresses looked at.") % {"number": len(items)})
        for outcome in LookOutcome:
            if counts[outcome.value]:
                self.stdout.write(f"  {outcome.label}: {counts[outcome.value]}")
