"""`manage.py load_plan [FOLDER]`: read a curated plan into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.exceptions import DatasetError, Refusal
from tracker.models import User
from tracker.services import imports

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    help = "Load a folder with report text, units.toml and plan.toml. Doing it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=DATA / "xicheng_2025")
        parser.add_argument("--by", help="user name of the administrator who loads")

    def handle(self, *args: Any, folder: Path, by: str | None, **options: Any) -> None:
        person = User.objects.filter(username=by).first() if by else None
        if by and person is None:
            raise CommandError(_("There is no account %(name)s.") % {"name": by})
        try:
            outcome = imports.load_dataset(folder, by=person)
        except (DatasetError, Refusal) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(plan)s: %(tasks)d tasks and %(links)d links added.")
            % {"plan": outcome.plan, "tasks": outcome.created_tasks, "links": outcome.created_links}
        )
