"""Files turned into pages by LibreOffice, for tests that look at what a reader would see."""

import os
import shutil
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

# Where the suite must not pass without having looked at pages.
REQUIRED = "REQUIRE_OFFICE"
SECONDS = 120


def office():
    """The program. Skips the test where there is none, unless that was ruled out."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        if os.environ.get(REQUIRED):
            pytest.fail("LibreOffice is not installed")
        pytest.skip("LibreOffice is not installed")
    return found


def rendered(files):
    """{name: PdfReader} of {name: content}; one start of the program for all of them.

    It runs with a profile of its own, so that two of them do not wait for each other.
    """
    program = office()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, content in files.items():
            (home / name).write_bytes(content)
        command = [program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
        done = subprocess.run(
            [*command, "--outdir", str(home / "pdf"), *(str(home / name) for name in files)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        # It looks for a Java that it does not need here.
        said = [line for line in done.stderr.splitlines() if "javaldx" not in line]
        assert [line for line in said if "warning" in line.lower() or "error" in line.lower()] == []
        return {name: PdfReader(BytesIO((home / "pdf" / name).with_suffix(".pdf").read_bytes())) for name in files}


def words_of(reader):
    """All words of a file, without the blanks between letters."""
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def text_box(page):
    """(left, right, top, bottom) margins in millimetres of the words of a page: how far they stay from its edges."""
    places = []

    def visit(text, _ctm, matrix, _font, size):
        if text.strip():
            places.append((matrix[4], matrix[5], size))

    page.extract_text(visitor_text=visit)
    point = 25.4 / 72
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    left = min(x for x, _y, _size in places) * point
    top = (height - max(y + size for _x, y, size in places)) * point
    bottom = min(y for _x, y, _size in places) * point
    return left, width * point, top, bottom
