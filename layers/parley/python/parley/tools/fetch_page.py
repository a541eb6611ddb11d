"""The `fetch_page` tool."""

from typing import Annotated, Any

from pydantic import Field

from parley.domain.web_pages import PageFetcher, PageUnavailableError
from parley.tools.page_views import PageFormat, shown, why_unavailable
from parley.tools.registry import tool
from parley.tools.types import Tool, ToolCategory, ToolError

MAX_URL_CHARACTERS = 4_096
_MAX_CHARACTERS = 50_000

Url = Annotated[
    str,
    Field(
        min_length=1, max_length=MAX_URL_CHARACTERS, description="A public page: https://example.com/article"
    ),
]
Format = Annotated[
    PageFormat,
    Field(description="text or markdown: what the page says; links: where it leads."),
]


def fetch_page_tool(pages: PageFetcher) -> Tool:
    @tool(category=ToolCategory.CRAWLER, timeout_seconds=25)
    def fetch_page(url: Url, format: Format = "markdown") -> dict[str, Any]:
        """Fetch a public web page and read it: its title, its address after redirects, and its main text
        without navigation, or its links. Plain text and JSON come as they are. The content ends after 50,000
        characters; truncated tells so.
        """
        try:
            page = pages.fetch(url.strip())
        except PageUnavailableError as error:
            raise ToolError(why_unavailable(error)) from None
        return shown(page, format, max_characters=_MAX_CHARACTERS)

    return fetch_page
