"""`manage.py read_report FILE [--json]`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

import tracker

REPORT = Path(tracker.__file__).parent / "data" / "xicheng_2025" / "report.txt"


def read(file: Path, *arguments: str) -> str:
    out = StringIO()
    call_command("read_report", str(file), *arguments, stdout=out)
    return out.getvalue()


def refused(file: Path) -> str:
    with translation.override("en"), pytest.raises(CommandError) as error:
        read(file)
    return str(error.value)


def test_json_holds_the_whole_reading() -> None:
    data = json.loads(read(REPORT, "--json"))
    assert [part["kind"] for part in data["parts"]] == [
        "measures",
        "shortcomings",
        "leadership",
        "arrangements",
    ]
    assert (len(data["figures"]), len(data["shortcomings"]), len(data["causes"])) == (36, 3, 3)


def test_json_is_written_in_chinese_characters() -> None:
    assert "法治政府建设" in read(REPORT, "--json")


def test_the_summary_counts_parts_and_names_warnings() -> None:
    with translation.override("en"):
        lines = read(REPORT).splitlines()
    assert lines[0] == "北京市西城区人民政府2024年法治政府建设年度情况报告"
    assert lines[2] == "Measures and results: 10 items, 47 clauses, 36 figures"
    assert lines[5] == "Arrangements for the coming year: 6 items, 34 clauses, 0 figures"
    assert lines[7] == "Warnings: 1"


def test_windows_line_ends_and_a_mark_at_the_start_are_no_obstacle(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(b"\xef\xbb\xbf" + REPORT.read_bytes().replace(b"\n", b"\r\n"))
    assert json.loads(read(file, "--json")) == json.loads(read(REPORT, "--json"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.txt") == f"There is no file {tmp_path / 'none.txt'}."


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith(f"{tmp_path} cannot be read: ")


def test_the_encodings_of_chinese_files_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(REPORT.read_text(encoding="utf-8").encode("gb18030"))
    assert json.loads(read(file, "--json")) == json.loads(read(REPORT, "--json"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \r\n\t", "The document has no text."),
        (b"\xef\xbb\xbf\n", "The document has no text."),
        (b"PK\x03\x04" + b"\0" * 40, "The file is damaged or incomplete."),
        ("春天来了，花开了。".encode(), "No part of a report"),
    ],
)
def test_what_is_no_report_is_refused_with_exit_status_2(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(content)
    assert refused(file).startswith(f"{file}: {sentence}")
    with pytest.raises(CommandError) as error:
        read(file)
    assert error.value.returncode == 2
