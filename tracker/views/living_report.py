from typing import Any

from django.http import HttpRequest, HttpResponse


def living_report(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")
