"""Titles that come from what was said first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.conversations import title_from


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Hello", "Hello"),
        ("  Hello \t world \nsecond line", "Hello world"),
        ("\n\n  first line", "first line"),
        ("   ", "新会话"),
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 40 + "…"),
        ("请帮我写一封邮件" * 6, ("请帮我写一封邮件" * 5) + "…"),
        ("Tell me all that is known of the prince of Denmark", "Tell me all that is known of the prince…"),
        ("short " + "a" * 50, "short " + "a" * 34 + "…"),
    ],
)
def test_a_title_is_the_first_line_shortened_at_a_word(content, title):
    assert title_from(content) == title


@given(st.text(min_size=1))
def test_any_text_gives_a_title_that_is_short_and_one_line(text):
    title = title_from(text)
    assert 1 <= len(title) <= 41
    assert "\n" not in title
