"""`manage.py read_report FILE [--json]`: show what the reader finds in the text of an annual report."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tracker.enums import PartKind
from tracker.exceptions import Refusal
from tracker.reading import ParsedReport, parse
from tracker.services import documents, report_imports

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Read an annual report (text, Word, web page or PDF) and print its parts, clauses, figures and warnings. "
        "Exit status 2 when it is refused."
    )
    # Only reads a file: works before there is a database.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", dest="as_json", help="print everything as JSON")

    def handle(self, *args: Any, file: Path, as_json: bool, **options: Any) -> None:
        try:
            report = parse(documents.text_of(file.name, content_of(file)))
        except Refusal as refusal:
            raise CommandError(f"{file}: {refusal}", returncode=REFUSED) from refusal
        refusal_words = report_imports.refusal_of(report)
        if as_json:
            self.stdout.write(json.dumps(report.to_dict(), ensure_ascii=False, indent=1))
        else:
            for line in summary(report):
                self.stdout.write(line)
        if refusal_words:
            raise CommandError(f"{file}: {refusal_words}", returncode=REFUSED)


def content_of(file: Path) -> bytes:
    """The file's bytes. Raises CommandError (exit status 2) when it is missing or unreadable."""
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise CommandError(_("There is no file %(file)s.") % {"file": file}, returncode=REFUSED) from error
    except OSError as error:
        words = _("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror}
        raise CommandError(words, returncode=REFUSED) from error


def summary(report: ParsedReport) -> Iterator[str]:
    """A few lines for a person: head, counts of each part, warnings."""
    unknown = _("not stated")
    yield report.title or _("Report without a title")
    yield _("Issuer: %(issuer)s; year: %(year)s; published: %(published)s; signed: %(signed)s") % {
        "issuer": report.issuer or unknown,
        "year": report.year or unknown,
        "published": report.published_on or unknown,
        "signed": report.signed_on or unknown,
    }
    for part in report.parts:
        yield _("%(kind)s: %(sections)d items, %(clauses)d clauses, %(figures)d figures") % {
            "kind": PartKind(part.kind).label,
            "sections": sum(not section.loose for section in part.sections),
            "clauses": sum(len(section.clauses) for section in part.sections),
            "figures": sum(part.start <= figure.start < part.end for figure in report.figures),
        }
    yield _("Shortcomings: %(shortcomings)d; causes: %(causes)d") % {
        "shortcomings": len(report.shortcomings),
        "causes": len(report.causes),
    }
    yield _("Warnings: %(count)d") % {"count": len(report.warnings)}
    for warning in report.warnings:
        place = "" if warning.start is None else f" [{warning.start}–{warning.end}]"
        yield f"- {warning.message}{place}"
