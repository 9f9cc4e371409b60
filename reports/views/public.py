"""The public ledger for anyone, without signing in: nothing of the inside, no session, 404 while it is closed."""

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from reports.presenters import disclosure as shown
from reports.services import disclosure as service
from reports.views.disclosure import sent
from tracker import clock, wording
from tracker.models import Plan
from tracker.views.context import demonstration


@login_not_required
@require_safe
def public_ledger(request: HttpRequest, plan: int) -> HttpResponse:
    """The page; `?language=` shows it in another language for this time. Raises Http404."""
    found = _open_or_404(plan)
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else get_language()
    with override(language):
        lines = service.published(found)
        context = {
            "plan": found,
            "groups": shown.groups(lines),
            "heads": shown.heads(),
            "number": len(lines),
            "on": wording.full_date(clock.today()),
            "demonstration": demonstration(),
        }
        # Without the request: what the frame of the inside shows is not even asked for.
        page = render_to_string("reports/public_ledger.html", context)
    answer = HttpResponse(page, headers={"Content-Language": language})
    patch_vary_headers(answer, ["Cookie"])
    return _known(request, answer)


@login_not_required
@require_safe
def public_csv(request: HttpRequest, plan: int) -> HttpResponse:
    return _known(request, sent(_open_or_404(plan), "csv"))


@login_not_required
@require_safe
def public_workbook(request: HttpRequest, plan: int) -> HttpResponse:
    return _known(request, sent(_open_or_404(plan), "xlsx"))


def _open_or_404(key: int) -> Plan:
    plan = service.open_plan(key)
    if plan is None:
        raise Http404
    return plan


def _known(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Anyone may keep the answer and asks each time whether it still holds: what is taken back is gone at once."""
    answer["ETag"] = quote_etag(hashlib.sha256(answer.content).hexdigest())
    patch_cache_control(answer, public=True, no_cache=True)
    found = get_conditional_response(request, etag=answer["ETag"], response=answer)
    assert isinstance(found, HttpResponse)
    return found
