from typing import Any

from django.http import HttpRequest, HttpResponse


def dispose_section(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def dispose_shortcoming(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def settle_measure_link(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def settle_shortcoming_link(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")
