"""Passwords need three kinds of characters."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from tracker.passwords import CharacterKindsValidator


@pytest.mark.parametrize("password", ["abcDEF123", "abc123---", "ABC123  x", "abcDEF---", "培训abcD", "abC1-"])
def test_three_or_four_kinds_are_taken(password):
    CharacterKindsValidator().validate(password)


@pytest.mark.parametrize(
    "password", ["", "abcdef", "ABCDEF", "123456", "------", "abcDEF", "abc123", "123---", "培训培训"]
)
def test_fewer_kinds_are_refused(password):
    with pytest.raises(ValidationError):
        CharacterKindsValidator().validate(password)


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "至少"), ("en", "at least three")])
def test_the_sentence_is_shown_in_the_person_s_language(language, words):
    with translation.override(language), pytest.raises(ValidationError, match=words):
        CharacterKindsValidator().validate("abcdef")


def test_it_is_among_the_rules_of_the_installation():
    with pytest.raises(ValidationError) as refused:
        validate_password("qzhfwmxptlrk")
    assert [error.code for error in refused.value.error_list] == ["password_too_plain"]
