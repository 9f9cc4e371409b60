from typing import Any

from django.http import HttpRequest, HttpResponse


def ledger(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")


def ledger_csv(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("stub")
