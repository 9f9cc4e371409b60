"""Handing a file out, with a Chinese name that sorts and a plain one for browsers that know no other."""

from urllib.parse import quote

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def attached(content: bytes, content_type: str, name: str, plain_name: str) -> HttpResponse:
    """The answer that saves `content` under `name`."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name)}"
    return answer
