"""What there is to know of an HTML page: its title, its main text and its links."""

import logging
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urldefrag, urljoin

from parley.tools.page_blocks import visible_text

# Extraction takes more than linear time: with so many elements about 3 s, with ten times as many minutes.
_MAX_EXTRACTED_ELEMENTS = 25_000
# What is shorter may well be a notice beside the list of links that the page really is.
_SURE_CHARACTERS = 250
_TITLE_CHARACTERS = 300
_LINK_CHARACTERS = 200
_MAX_HREF_CHARACTERS = 2_000

_NOTHING = b"<html><body></body></html>"

type TextFormat = Literal["text", "markdown"]

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    url: str
    text: str


class HtmlPage:
    """`url` is where it was found: links are relative to it."""

    def __init__(self, html: str, *, url: str) -> None:
        from lxml import etree
        from lxml.html import HTMLParser, document_fromstring

        self._url = url
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        try:
            # As bytes: lxml refuses a text that declares an encoding of its own.
            self._tree = document_fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser)
        except etree.ParserError:
            self._tree = document_fromstring(_NOTHING, parser)
        for hidden in self._tree.findall(".//*[@hidden]"):
            if hidden.tag != "body":  # which a script is to show once it has run
                hidden.drop_tree()

    @property
    def title(self) -> str | None:
        for path in ("head/title", ".//meta[@property='og:title']", ".//h1"):
            for element in self._tree.iterfind(path):
                text = _squeezed(element.get("content") or element.text_content())
                if text:
                    return text[:_TITLE_CHARACTERS]
        return None

    def text(self, format: TextFormat) -> str:
        """The main text without navigation and the like; all that is visible where none stands out."""
        is_markdown = format == "markdown"
        extracted = self._extracted(is_markdown=is_markdown)
        if len(extracted) >= _SURE_CHARACTERS:
            return extracted
        visible = visible_text(self._tree, is_markdown=is_markdown)
        return visible if len(visible) > 2 * len(extracted) else extracted

    def links(self) -> list[Link]:
        """Absolute, each address once with the first text that it has, in the page's order."""
        base = urljoin(
            self._url, next((base.get("href") for base in self._tree.iterfind(".//base[@href]")), "")
        )
        found: dict[str, str] = {}
        for anchor in self._tree.iterfind(".//a[@href]"):
            url = _absolute(base, anchor.get("href"))
            if url and not found.get(url):
                found[url] = _squeezed(anchor.text_content() or anchor.get("title") or "")[:_LINK_CHARACTERS]
        return [Link(url=url, text=text) for url, text in found.items()]

    def _extracted(self, *, is_markdown: bool) -> str:
        if sum(1 for _ in self._tree.iter()) > _MAX_EXTRACTED_ELEMENTS:
            return ""
        import trafilatura

        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it names pages in its warnings
        try:
            extracted = trafilatura.extract(
                self._tree,
                url=self._url,
                output_format="markdown" if is_markdown else "txt",
                include_links=is_markdown,
                include_comments=False,
            )
        except Exception:
            # Foreign code on a foreign page: whatever it stumbles over, the page can still be shown.
            _logger.exception("A page's text could not be extracted")
            return ""
        return extracted or ""


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _absolute(base: str, href: str) -> str | None:
    try:
        url = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) and len(url) <= _MAX_HREF_CHARACTERS else None
