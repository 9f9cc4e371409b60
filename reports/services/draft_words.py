"""The words that are typed into a draft: of which sort they are, how they are tidied, and what is refused."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.annual.edits import ITEM, PART
from reports.annual.proof import unmarked
from reports.annual.rows import LEAD, TITLE, Sentence
from tracker.enums import PartKind
from tracker.exceptions import InvalidInput
from tracker.models import User
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean, one_line, says_something

LONGEST, LONGEST_CAUSE, LONGEST_HEADING = 2000, 1000, 200
CLOSING, STOPS = "”’」』）》】)\"'", "。！？；：，、…—.!?;:,"


@dataclass(frozen=True)
class Sort:
    """A sort of words: what is said where there are none, how long they may be, and whether a full stop ends them."""

    wanted: Promise
    most: int = LONGEST
    closed: bool = False


NEW_SENTENCE = Sort(gettext_lazy("Write the sentence that is to be added."), closed=True)
NEW_WEAKNESS = Sort(gettext_lazy("Write the shortcoming that is to be added."))
NEW_ITEM = Sort(gettext_lazy("Write the heading of the item that is to be added."), LONGEST_HEADING)
CAUSE = Sort(gettext_lazy("Choose a cause, or write one."), LONGEST_CAUSE)
TITLE_WORDS = Sort(gettext_lazy("The report needs a title."), LONGEST_HEADING)
HEADING = Sort(gettext_lazy("A heading cannot be empty."), LONGEST_HEADING)
LEAD_WORDS = Sort(gettext_lazy("The first paragraph cannot be empty."), closed=True)
SENTENCE = Sort(gettext_lazy("Write the words; to do without them, leave the sentence out."), closed=True)
WEAKNESS = Sort(gettext_lazy("Write the words; to do without them, leave the sentence out."))


def sort_of(row: Sentence) -> Sort:
    """Of which sort the words of a piece are."""
    if row.key == TITLE:
        return TITLE_WORDS
    if row.key == LEAD:
        return LEAD_WORDS
    if row.key.startswith((PART, ITEM)):
        return HEADING
    return WEAKNESS if row.item == PartKind.SHORTCOMINGS else SENTENCE


def tidy(text: str) -> str:
    """What was typed, without copied marks and characters that cannot be seen, in one line."""
    return one_line(unmarked(clean(text)))


def checked(text: str, by: User, sort: Sort, field: str = "text") -> str:
    """The words as they are kept. Raises InvalidInput for none or too many, SecrecyMark; `field` names the input."""
    # Before the lines are joined too: a mark of secrecy may stand in a line of its own.
    refuse_marks({field: unmarked(clean(text))}, by=by)
    words = tidy(text)
    refuse_marks({field: words}, by=by)
    if not words:
        raise InvalidInput(sort.wanted, field=field)
    if not says_something(words):
        raise InvalidInput(_("Marks alone say nothing: there is no letter, digit or character in it."), field=field)
    if sort.closed and words.rstrip(CLOSING)[-1:] not in STOPS:
        words += "。"
    if len(words) > sort.most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": sort.most}, field=field)
    return words
