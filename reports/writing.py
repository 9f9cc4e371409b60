"""Files that take long to write: a page that grows meanwhile and ends with the way to the finished file, no script.

A file is written in steps: a generator that is given a stream and yields the words of how far it is. A short one is
written at once and sent (`sent`). A long one is written while its page is (`told`): the finished file then waits a
short while outside everything that is served, under a name nobody can guess. The signed ticket in its address opens it
for the person it was written for, as long as that person's standing is what it was, in the plan it was written from.
The folder is shared by all workers. Nothing remains of a file whose browser went away before it was finished.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from reports.files import attached, disposition
from tracker.models import Plan, User

Steps = Callable[[IO[bytes]], Iterator[str]]
# From so many rows on a person begins to wonder whether anything happens.
LONG = 2000
KEPT_SECONDS = 600
SALT = "reports.written-file"
HERE = "<!--here-->"


@dataclass(frozen=True)
class Named:
    """What a file is called, in Chinese and for browsers that know no other, and its media type."""

    name: str
    plain_name: str
    media_type: str


def sent(named: Named, steps: Steps) -> HttpResponse:
    """The file, written at once."""
    stream = BytesIO()
    for _words in steps(stream):
        pass
    return attached(stream.getvalue(), named.media_type, named.name, named.plain_name)


def told(request: HttpRequest, plan: Plan, user: User, named: Named, steps: Steps, *, back: str) -> Any:
    """The page that grows while the file is written and ends with the way to it; `back` is where it was asked for."""
    answer = StreamingHttpResponse(_telling(request, plan, user, named, steps, back))
    answer["Cache-Control"] = "no-store"
    # A proxy that collects the page before it passes it on would tell nothing.
    answer["X-Accel-Buffering"] = "no"
    return answer


def _telling(
    request: HttpRequest, plan: Plan, user: User, named: Named, steps: Steps, back: str
) -> Iterator[str | bytes]:
    """The answer is drawn after the middleware that sets the language is left: it is kept here."""
    language = get_language()
    with override(language):
        shown = {"plan": plan, "name": named.name, "back": back, "here": mark_safe(HERE)}
        before, _here, after = render_to_string("reports/writing.html", shown, request).partition(HERE)
    yield before
    _sweep()
    place = _folder() / secrets.token_urlsafe(32)
    try:
        with place.open("xb") as stream:
            place.chmod(0o600)
            with override(language):
                for words in steps(stream):
                    yield format_html("<li>{}</li>\n", words)
        with override(language):
            yield _end(plan, user, named, place)
            yield after
    except BaseException:  # the browser went away, or the writing failed: what there is of the file goes too
        place.unlink(missing_ok=True)
        raise
    _forget_later(place)


def _end(plan: Plan, user: User, named: Named, place: Path) -> str:
    kept = {**asdict(named), "place": place.name, "plan": plan.pk, "for": _standing(user)}
    ticket = signing.dumps(kept, salt=SALT, compress=True)
    line = '<li><a class="btn btn-primary" href="{0}">{1}</a></li><meta http-equiv="refresh" content="0; url={0}">'
    return format_html(line, reverse("written_file", args=[plan.pk, ticket]), _("Save the file"))


def handed_out(plan: Plan, user: User, ticket: str) -> FileResponse | None:
    """The finished file of a ticket; None for anything else, another person's, or one that is no longer kept."""
    _sweep()
    try:
        kept = signing.loads(ticket, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    if (kept["plan"], kept["for"]) != (plan.pk, _standing(user)):
        return None
    try:
        stream = (_folder() / kept["place"]).open("rb")
    except FileNotFoundError:
        return None
    answer = FileResponse(stream, content_type=kept["media_type"])
    answer["Content-Disposition"] = disposition(kept["name"], kept["plain_name"])
    answer["Cache-Control"] = "no-store"
    return answer


def _standing(user: User) -> list[Any]:
    """What the contents depended on besides the plan: a person who was moved since sees something else."""
    return [user.pk, user.role, user.unit_id]


def _folder() -> Path:
    place = Path(settings.VAR_DIR) / "written"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _sweep() -> None:
    """Remove what is kept too long, also what a worker that has ended left behind."""
    oldest = time.time() - KEPT_SECONDS
    for place in _folder().iterdir():
        try:
            if place.stat().st_mtime < oldest:
                place.unlink()
        except FileNotFoundError:  # another worker was quicker
            continue


def _forget_later(place: Path) -> None:
    """Remove the finished file when its time is over, though nobody asks for another."""
    timer = threading.Timer(KEPT_SECONDS, place.unlink, kwargs={"missing_ok": True})
    timer.daemon = True
    timer.start()
