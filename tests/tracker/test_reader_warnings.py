"""Every warning has English words."""

import re
from pathlib import Path

from django.utils import translation

import tracker
from tracker.presenters.reader_warnings import ENGLISH, warning_words

PLACES = ("reading/checks.py", "reading/fitness.py", "importing/ledger.py")
CODE = re.compile(r'code = "([a-z_]+)" if .* else "([a-z_]+)"|code"?[=:]\s*"([a-z_]+)"')


def test_every_code_that_is_written_anywhere_has_a_sentence() -> None:
    root = Path(tracker.__file__).parent
    found = {
        name
        for place in PLACES
        for groups in CODE.findall((root / place).read_text(encoding="utf-8"))
        for name in groups
    }
    assert found - {""} == set(ENGLISH)


def test_chinese_readers_get_the_facts() -> None:
    with translation.override("zh-hans"):
        assert warning_words("no_year", "没有找到报告年度。") == "没有找到报告年度。"
    with translation.override("en"):
        assert warning_words("no_year", "没有找到报告年度。") == ENGLISH["no_year"]
