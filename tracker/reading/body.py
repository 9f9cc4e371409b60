"""The report's own words in paragraphs, as they are shown: without page furniture and the lines of the title."""

from collections.abc import Iterator

from tracker.reading.text import Source, is_date

_HEAD_LINES = 20


def read_body(text: str, *, head: int, title: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[int, int]]:
    """Spans of the paragraphs of a normalised text, in order, without blanks at their ends.

    Before `head`, where the first part begins, lines that hold nothing but the title, a date, or one of the
    `names` (issuer, source) are left out, and so is a title that opens a line. All other words come out once.
    """
    for number, (start, end) in enumerate(Source(text).paragraphs(0, len(text))):
        words = text[start:end]
        if number >= _HEAD_LINES or start >= head:
            yield start, end
        elif title and words.startswith(title) and words != title:
            yield end - len(words[len(title) :].lstrip()), end
        elif not (title.startswith(words) or title.endswith(words) or words in names or is_date(words)):
            yield start, end
