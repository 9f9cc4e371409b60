"""`manage.py demo`: sample accounts and a sample year of progress."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from tracker import clock
from tracker.exceptions import DatasetError, Refusal
from tracker.management.commands.load_plan import DATA
from tracker.services import demonstration

PASSWORD_FILE = "demonstration_password"
LISTED = ("admin", "reviewer", "reviewer-office", "leader", "auditor", "viewer")


class Command(BaseCommand):
    help = "Make the demonstration: the real plan with sample units, accounts and progress."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=DATA / "xicheng_2025")
        parser.add_argument("--reset", action="store_true", help="empty the database first and make all afresh")

    def handle(self, *args: Any, folder: Path, reset: bool, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                _(
                    "The demonstration does not run here: DEMONSTRATION is off. Set DEMONSTRATION=true only on a "
                    "machine without real data."
                )
            )
        if reset:
            self._empty()
        password = self._password()
        try:
            outcome = demonstration.load(folder)
            people = demonstration.play(folder, outcome.plan, password=password, until=clock.today())
        except (DatasetError, Refusal) as error:
            raise CommandError(str(error)) from error
        self._print_accounts([person.username for person in people], password)

    def _empty(self) -> None:
        """Take all tables down and build them again: history cannot be deleted row by row.

        At once and not by undoing the migrations one by one: an older constraint would refuse newer rows.
        """
        present = set(connection.introspection.table_names())
        with connection.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.managed and model._meta.db_table in present:
                    editor.delete_model(model)
        MigrationRecorder(connection).migration_qs.all().delete()
        call_command("migrate", verbosity=0)

    def _password(self) -> str:
        """DEMO_PASSWORD, or one made up once and kept beside the database."""
        given = os.environ.get("DEMO_PASSWORD", "")
        if given:
            return given
        kept = settings.VAR_DIR / PASSWORD_FILE
        if not kept.exists():
            kept.write_text(secrets.token_urlsafe(9) + "-Aa1", encoding="ascii")
            kept.chmod(0o600)
        return str(kept.read_text(encoding="ascii").strip())

    def _print_accounts(self, names: list[str], password: str) -> None:
        units = sorted(name for name in names if name.startswith(("staff-", "head-")))
        self.stdout.write(_("Demonstration accounts: %(names)s") % {"names": ", ".join(LISTED)})
        self.stdout.write(_("and per unit: %(names)s") % {"names": ", ".join(units)})
        self.stdout.write(_("Password of all of them: %(password)s") % {"password": password})
