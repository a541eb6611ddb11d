"""A fetched page as a tool shows it: in the format that was asked for, and of bounded length."""

from typing import Any, Literal

from parley.domain.web_pages import FetchedPage, PageUnavailableError, RefusedUrlError
from parley.tools.page_html import HtmlPage
from parley.tools.page_texts import text_of
from parley.tools.types import ToolError

# A plain alias: a `type` would become a $ref in the schema, which not every service follows.
PageFormat = Literal["text", "markdown", "links"]

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_BEGINNINGS = ("<!doctype html", "<html")
_MAX_LINKS = 300


def shown(page: FetchedPage, format: PageFormat, *, max_characters: int) -> dict[str, Any]:
    """Raises `ToolError` where there is nothing to show."""
    text = text_of(page)
    if not _is_html(page, text):
        if format == "links":
            raise ToolError("The page is not HTML: its links cannot be told from its text.")
        return _with_content(page, None, text, max_characters)
    html = HtmlPage(text, url=page.url)
    if format == "links":
        return _with_links(page, html, max_characters)
    return _with_content(page, html.title, html.text(format), max_characters)


def _is_html(page: FetchedPage, text: str) -> bool:
    is_unnamed = page.media_type in ("", "application/xml", "text/xml")
    return page.media_type in _HTML_TYPES or (
        is_unnamed and text[:1_000].lstrip().lower().startswith(_HTML_BEGINNINGS)
    )


def _with_content(page: FetchedPage, title: str | None, text: str, max_characters: int) -> dict[str, Any]:
    content = text.strip()
    if not content:
        raise ToolError("The page has no text; it may be written by a script in the browser.")
    return {
        "url": page.url,
        "title": title,
        "content": content[:max_characters],
        "truncated": len(content) > max_characters,
    }


def _with_links(page: FetchedPage, html: HtmlPage, max_characters: int) -> dict[str, Any]:
    found = html.links()
    links: list[dict[str, str]] = []
    for link in found[:_MAX_LINKS]:
        max_characters -= len(link.url) + len(link.text)
        if max_characters < 0:
            break
        links.append({"url": link.url, "text": link.text})
    return {"url": page.url, "title": html.title, "links": links, "truncated": len(links) < len(found)}


def why_unavailable(error: PageUnavailableError) -> str:
    if isinstance(error, RefusedUrlError):
        return f"The URL is not allowed: {error.reason}."
    return f"The page cannot be fetched: {error.reason}."
