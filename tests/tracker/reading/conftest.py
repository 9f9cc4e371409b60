"""The published report that the reader has to read without a fault."""

from pathlib import Path

import pytest

import tracker
from tracker.reading import ParsedReport, parse

REPORT = Path(tracker.__file__).parent / "data" / "xicheng_2025" / "report.txt"


@pytest.fixture(scope="session")
def published() -> str:
    return REPORT.read_bytes().decode()


@pytest.fixture(scope="session")
def real(published: str) -> ParsedReport:
    return parse(published)
