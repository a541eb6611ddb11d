"""The text of a fetched page: no binary file, and in the characters that it was written in."""

import codecs
import re

from parley.domain.web_pages import FetchedPage
from parley.tools.types import ToolError

_SNIFFED_BYTES = 1_024
_MAGIC = {
    b"%PDF-": "PDF",
    b"PK\x03\x04": "ZIP",  # Office documents, too
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"\x7fELF": "ELF",
    b"OggS": "Ogg",
    b"ID3": "MP3",
    b"wOF": "font",
    b"RIFF": "RIFF",
}

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_META = re.compile(rb"""<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_META_WITHIN_BYTES = 4_096
_GUESSED_FROM_BYTES = 50_000

# Codecs of Python that are no charsets of pages are left out: some cost more than they decode.
_CHARSETS = re.compile(
    r"utf-(8|16|16-le|16-be|32)|ascii|iso8859-\d+|cp\d+|koi8-[rut]|gb2312|gbk|gb18030|hz|big5\w*|tis-620"
    r"|euc_\w+|shift_jis\w*|iso2022_\w+|mac-\w+"
)
# What browsers read in place of a narrower charset: https://encoding.spec.whatwg.org/#names-and-labels
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


def text_of(page: FetchedPage) -> str:
    """Raises `ToolError` for a binary file, whatever type its server names."""
    mark = next((mark for mark in _MARKS if page.body.startswith(mark)), None)
    if mark is not None:
        return page.body[len(mark) :].decode(_MARKS[mark], "replace")
    charset = _known(page.charset) or _declared(page.body)
    _refuse_binary(page.body, is_wide=charset is not None and charset.startswith(("utf-16", "utf-32")))
    return _decoded(page.body, charset)


def _refuse_binary(body: bytes, *, is_wide: bool) -> None:
    kind = next((kind for magic, kind in _MAGIC.items() if body.startswith(magic)), None)
    if kind is not None:
        raise ToolError(f"The page is no text but a binary file ({kind}).")
    if b"\0" in body[:_SNIFFED_BYTES] and not is_wide:
        raise ToolError("The page is no text but a binary file.")


def _known(label: str | None) -> str | None:
    try:
        name = codecs.lookup((label or "").strip()).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(name, name) if _CHARSETS.fullmatch(name) else None


def _declared(body: bytes) -> str | None:
    found = _META.search(body, 0, _META_WITHIN_BYTES)
    name = _known(found[1].decode("ascii", "replace")) if found else None
    # A page whose tags could be read is not written in what it then claims.
    return "utf-8" if name and name.startswith(("utf-16", "utf-32")) else name


def _decoded(body: bytes, charset: str | None) -> str:
    if charset is None:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            charset = _guessed(body)
    return body.decode(charset, "replace")


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_GUESSED_FROM_BYTES]).best()
    return _known(best.encoding if best else None) or "utf-8"
