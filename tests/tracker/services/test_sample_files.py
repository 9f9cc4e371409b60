"""Files of the demonstration: of the kinds that are kept, readable where they have words."""

import pytest

from tracker.documents import read_document, recognise_upload
from tracker.services.sample_files import sample_file

LINES = ["街道工作站评估报告（示例）", "已评估13个，整改17个。"]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("评估.txt", "text/plain"), ("评估.pdf", "application/pdf"), ("现场.png", "image/png")],
)
def test_each_is_what_its_name_says(name, media_type):
    assert recognise_upload(name, sample_file(name, LINES)).media_type == media_type


@pytest.mark.parametrize("name", ["评估.txt", "评估.pdf"])
def test_their_words_can_be_read(name):
    text = read_document(name, sample_file(name, LINES)).text
    assert all(line in text for line in LINES)


def test_they_are_the_same_each_time():
    assert sample_file("现场.png", []) == sample_file("现场.png", [])


def test_no_other_kind_is_made():
    with pytest.raises(KeyError):
        sample_file("评估.docx", LINES)
