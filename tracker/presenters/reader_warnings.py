"""Warnings of the reader for those who do not read Chinese; in Chinese the reader says them itself, with the facts."""

from django.utils import translation

ENGLISH = {
    "empty_text": "The text is empty.",
    "no_parts": "No heading of a part was found; this may be no annual report.",
    "no_measures": "No part with measures and results was found.",
    "no_arrangements": "No part with the arrangements for the coming year was found.",
    "no_title": "No title was found.",
    "no_year": "The year reported on was not found.",
    "other_subject": "Rule-of-law government is not mentioned anywhere; this may be another kind of report.",
    "instruction": "The title is that of a notice or plan, which sets work and reports no results.",
    "news": "It begins like news; check whether this is the whole report.",
    "arrangements_year": "This heading names another year than the one after the report's.",
    "part_year": "This heading names another year than the report's.",
    "early_date": "The date of publication or signature lies before the end of the year reported on.",
    "signed_after_published": "The report was signed after it was published.",
    "name_spelled_differently": "One document is named in two ways.",
    "ratio_mismatch": "This percentage does not follow from the counts that it is made of.",
    "parts_exceed_whole": "The parts named here add up to more than the whole; they may overlap.",
    "parts_below_whole": "The parts named here, “others” included, add up to less than the whole.",
    "share_over_whole": "A share of more than 100 %.",
    "figure_differs": "The same count stands elsewhere with another value.",
    "number_repeated": "This number stands twice.",
    "number_skipped": "This number does not follow the one before it.",
    "causes_unpaired": "The causes cannot be paired with the shortcomings one by one.",
    "due_date": "The due date of this row is no date and was not taken.",
    "renumbered": "The number of this row will change.",
}


def warning_words(code: str, message: str) -> str:
    """The warning as a sentence in the reader's language; `message` is the Chinese one."""
    if (translation.get_language() or "").startswith("zh"):
        return message
    return ENGLISH.get(code, message)
