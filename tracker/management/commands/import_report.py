"""`manage.py import_report FILE`: read a report in from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.enums import GOVERNMENT_KINDS
from tracker.exceptions import Refusal
from tracker.management.commands.read_report import REFUSED, content_of
from tracker.models import Unit, User
from tracker.services import imports, report_imports


class Command(BaseCommand):
    help = (
        "Read a report in. With --draft it waits on the import pages to be looked through; without, its draft plan is "
        "created at once, everything marked as proposed. Exit status 2 when the file is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--year", type=int, help="the year that the report is about, where it does not say")
        parser.add_argument("--issuer", help="who issued it, where it does not say")
        parser.add_argument("--title", help="its title, where it has none")
        parser.add_argument("--draft", action="store_true", help="leave it to be looked through")
        parser.add_argument(
            "--government", metavar="CODE", help="code of the government; needed where there are several"
        )
        parser.add_argument("--by", metavar="NAME", help="user name of the administrator who reads it in")

    def handle(self, *args: Any, file: Path, draft: bool, **options: Any) -> None:
        by = self._person(options)
        content = content_of(file)
        head = {name: options[name] for name in ("year", "issuer", "title") if options[name]}
        try:
            with transaction.atomic():
                row = report_imports.start_file(content, by=by, name=file.name)
                if head:
                    row = report_imports.set_head(row.pk, by=by, **head)
                plan = None if draft else report_imports.create(row.pk, by=by)
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        if plan is None:
            words = _("%(title)s waits to be looked through: %(address)s")
            self.stdout.write(words % {"title": row, "address": reverse("import", args=[row.pk])})
        else:
            words = _("%(plan)s: a draft plan with %(count)d tasks.")
            self.stdout.write(words % {"plan": plan, "count": plan.tasks.count()})

    def _person(self, options: dict[str, Any]) -> User:
        """Who reads it in; without --by an account of the government that nobody can sign in with."""
        if options["by"]:
            person = User.objects.filter(username=options["by"]).first()
            if person is None:
                raise CommandError(_("There is no account %(name)s.") % {"name": options["by"]})
            return person
        return imports.importer_of(self._government(options["government"]))

    def _government(self, code: str | None) -> Unit:
        governments = Unit.objects.filter(kind__in=GOVERNMENT_KINDS)
        found = list(governments.filter(code=code) if code else governments[:2])
        if len(found) != 1:
            codes = ", ".join(governments.values_list("code", flat=True))
            raise CommandError(_("Name one government with --government: %(codes)s.") % {"codes": codes or "—"})
        return found[0]
