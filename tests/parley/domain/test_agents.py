"""Names of agents: what they may hold, and which count as the same."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.agents import NAME_PATTERN, is_fit_name, name_key


@pytest.mark.parametrize(
    "name", ["A", "小助手", "Dr. Who", "👩‍🚀", "می‌خواهم", "a  b", "C++ (2)", "🏳️‍🌈 team", "'; --"]
)
def test_a_name_may_be_written_in_any_script(name):
    assert is_fit_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "\u3000",
        "\u200d",
        "\ufe6b",
        "@",
        "a@b",
        "＠a",
        "a\nb",
        "a\tb",
        "a\x00",
        "a\x85b",
        "a\u2028b",
        "a\u200bb",
        "a\u202eb",
        "a\u2066b",
        "\ufeffa",
        "a\u00adb",
    ],
)
def test_what_cannot_be_mentioned_or_seen_is_no_name(name):
    assert not is_fit_name(name)


@given(st.text(max_size=100).map(str.strip))
def test_the_documented_pattern_says_the_same(name):
    assert is_fit_name(name) == bool(re.search(NAME_PATTERN, name))


@given(st.text(alphabet="ab @\uff20\ufe6b\n\u200d", max_size=8))
def test_a_name_of_letters_is_fit_unless_it_holds_an_at_sign_in_any_width(name):
    odd = "@" in unicodedata.normalize("NFKC", name) or "\n" in name
    assert is_fit_name(f"a{name}") == (not odd)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Anna", "aNNA"),
        ("STRASSE", "straße"),
        ("Ａｎｎａ", "anna"),
        ("ﬁ", "FI"),
        ("Å", "A\u030a"),
        ("a \u3000 b", "A B"),
        ("👩‍🚀", "👩🚀"),
    ],
)
def test_names_that_read_the_same_have_one_key(first, second):
    assert name_key(first) == name_key(second)


@pytest.mark.parametrize(("first", "second"), [("anna", "anno"), ("小红", "小紅"), ("ab", "a b"), ("1", "2")])
def test_names_that_differ_have_keys_of_their_own(first, second):
    assert name_key(first) != name_key(second)


@given(st.text(max_size=100))
def test_a_key_is_the_key_of_itself(name):
    assert name_key(name_key(name)) == name_key(name)
