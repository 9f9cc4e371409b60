from typing import Any

from django.http import HttpRequest, HttpResponse


def evidence_new(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def evidence(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def withdraw(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")

