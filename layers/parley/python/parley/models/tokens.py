"""A cheap guess at what a text costs in tokens, where no service has counted it."""

_CHARACTERS_PER_TOKEN = 4


def estimate_tokens(text: str) -> int:
    """About four characters of ASCII to a token, one of any other script. 0 only for the empty text."""
    ascii_count = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
    return len(text) - ascii_count + -(-ascii_count // _CHARACTERS_PER_TOKEN)
