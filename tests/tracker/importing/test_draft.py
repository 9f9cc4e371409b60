"""A draft holds what the reader found, survives being kept, and goes back into the reader's shape."""

import json
from dataclasses import replace

from tests.tracker.importing.conftest import TEXT
from tracker.importing.draft import Draft, begin, to_report
from tracker.reading import parse


def test_nothing_of_the_reading_is_lost():
    read = parse(TEXT)
    again = to_report(begin(read))
    plain = {"nature": None, "responsible": None}
    parts = tuple(
        replace(
            part,
            sections=tuple(
                replace(section, clauses=tuple(replace(clause, **plain) for clause in section.clauses))
                for section in part.sections
            ),
        )
        for part in read.parts
    )
    assert again == replace(read, parts=parts, warnings=())


def test_a_draft_is_the_same_after_it_was_kept(draft: Draft):
    kept = json.loads(json.dumps(draft.to_dict()))
    assert "text" not in kept
    assert Draft.from_dict(kept, draft.text) == draft


def test_keys_are_unique_over_all_sorts_of_pieces(draft: Draft):
    pieces = [*draft.parts, *draft.sections, *draft.clauses, *draft.shortcomings, *draft.causes, *draft.figures]
    assert len({piece.key for piece in pieces}) == len(pieces)
    assert draft.next_key > max(piece.key for piece in pieces)


def test_causes_behind_all_shortcomings_are_paired_by_their_place_only(draft: Draft):
    assert [cause.by_position for cause in draft.causes] == [True, True]
    assert [cause.shortcoming for cause in draft.causes] == [row.key for row in draft.shortcomings]
