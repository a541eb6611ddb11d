import pytest

from parley.models.tokens import estimate_tokens


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("four", 1), ("eight ch", 2), ("你好世界", 4), ("你好 world", 4)]
)
def test_ascii_costs_a_quarter_and_other_scripts_one_token_a_character(text, tokens):
    assert estimate_tokens(text) == tokens
