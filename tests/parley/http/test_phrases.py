"""The language of an answer, and phrases for all that can happen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley import errors
from parley.http.phrases import choose_language, phrase, reason


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-TW, en", "zh"),
        ("en, zh", "en"),
        ("en;q=0.5, zh;q=0.6", "zh"),
        ("en ; q=0.9 , zh;q=0.8", "en"),
        ("en;q=high", "zh"),
        ("en;q=0", "zh"),
        ("fr", "zh"),
    ],
)
def test_the_better_liked_language_is_chosen(header, language):
    assert choose_language(header) == language


@given(st.text())
def test_no_header_breaks_the_choice(header):
    assert choose_language(header) in ("zh", "en")


def _facts(kind=errors.ParleyError):
    return [kind, *(fact for below in kind.__subclasses__() for fact in _facts(below))]


@pytest.mark.parametrize("fact", _facts(), ids=lambda fact: fact.__name__)
def test_every_fact_has_a_phrase_in_both_languages(fact):
    assert phrase(fact.key, "en").isascii()
    assert not phrase(fact.key, "zh").isascii()


def test_a_reason_that_we_have_no_words_for_is_pydantics():
    assert reason("no_such_type", "Input is odd", {}, "zh") == "Input is odd"
    assert reason("string_too_short", "Too short", {"min_length": 3}, "zh") == "长度不能少于 3 个字符"
