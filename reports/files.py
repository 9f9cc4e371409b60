"""Handing a file out, with a Chinese name that sorts and a plain one for browsers that know no other."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"


def attached(content: bytes, content_type: str, name: str, plain_name: str) -> HttpResponse:
    """The answer that saves `content` under `name`."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = disposition(name, plain_name)
    return answer


def disposition(name: str, plain_name: str) -> str:
    """The head that makes a browser save the answer under `name`."""
    return f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name)}"
