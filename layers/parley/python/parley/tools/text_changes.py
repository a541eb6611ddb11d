"""From one text to another: case, white space, lines, encodings, checksums. Each takes linear time."""

import base64
import hashlib
import html
import re
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, unquote

from parley.tools.types import ToolError

MAX_SLUGGED_CHARACTERS = 1_000

_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"[^\W\d_]++(?:['’][^\W\d_]++)*+")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_NO_WORD = re.compile(r"[\W_]+")


def lines_of(text: str) -> list[str]:
    return _LINE_END.split(text)


def characters_of(text: str) -> list[str]:
    """As a reader sees them: an accent stays on its letter, a family of emoji together."""
    import regex  # type: ignore[import-untyped]  # its stubs are not among the dependencies

    characters: list[str] = regex.findall(r"\X", text)
    return characters


def truncated(text: str, length: int) -> str:
    characters = characters_of(text)
    return text if len(characters) <= length else "".join(characters[: length - 1]).rstrip() + "…"


def _by_lines(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    return lambda text: "\n".join(change(lines_of(text)))


def _title(text: str) -> str:
    """`str.title` would write Don'T."""
    return _WORD.sub(lambda word: word[0][0].title() + word[0][1:].lower(), text)


def _slug(text: str) -> str:
    """Latin letters lose their accents; other scripts stay as they are.

    Short, because Unicode's normal form takes quadratic time over a run of combining marks.
    """
    if len(text) > MAX_SLUGGED_CHARACTERS:
        raise ToolError(f"A slug is made of at most {MAX_SLUGGED_CHARACTERS:,} characters.")
    plain = _LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text))
    return _NO_WORD.sub("-", unicodedata.normalize("NFC", plain).casefold()).strip("-")


def _from_base64(text: str) -> str:
    """Also of the URL-safe kind, over several lines, or without its padding."""
    compact = "".join(text.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4), validate=True).decode()
    except UnicodeDecodeError:
        raise ToolError("What this Base64 stands for is not a text in UTF-8.") from None
    except ValueError:  # binascii.Error is one
        raise ToolError("This is not Base64.") from None


def _from_url(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ToolError("What is escaped here is not a text in UTF-8.") from None


CHANGES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": _title,
    "capitalize": str.capitalize,
    "trim": str.strip,
    "collapse_whitespace": lambda text: " ".join(text.split()),
    "reverse": lambda text: "".join(reversed(characters_of(text))),
    "slugify": _slug,
    "sort_lines": _by_lines(lambda lines: sorted(lines, key=lambda line: (line.casefold(), line))),
    "unique_lines": _by_lines(lambda lines: list(dict.fromkeys(lines))),
    "number_lines": _by_lines(lambda lines: [f"{number}. {line}" for number, line in enumerate(lines, 1)]),
    "base64_encode": lambda text: base64.b64encode(text.encode()).decode(),
    "base64_decode": _from_base64,
    "url_encode": lambda text: quote(text, safe=""),
    "url_decode": _from_url,
    "html_escape": html.escape,
    "html_unescape": html.unescape,
    "sha256": lambda text: hashlib.sha256(text.encode()).hexdigest(),
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
}
