from typing import Any

from django.http import HttpRequest, HttpResponse


def report_progress(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def no_change(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def contribute(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")

