"""What may be shown of a provider, and what of its key must never be."""

import pytest

from parley.domain.providers import ProviderKind, SealedKey, hint_of


@pytest.mark.parametrize(
    ("api_key", "hint"),
    [
        ("sk-0123456789a1b2", "…a1b2"),
        ("123456789012", "…9012"),
        ("12345678901", "…"),
        ("x", "…"),
    ],
)
def test_only_a_long_key_shows_its_end(api_key, hint):
    assert hint_of(api_key) == hint


def test_the_print_of_a_sealed_key_shows_no_ciphertext():
    assert "cipher-mark" not in repr(SealedKey(ciphertext=b"cipher-mark", hint="…a1b2"))


def test_only_kinds_that_are_reached_by_an_address_have_a_default_one():
    assert {kind for kind in ProviderKind if kind.default_base_url} == {
        ProviderKind.OPENAI,
        ProviderKind.ANTHROPIC,
    }
