"""The `crawl_batch` tool."""

import logging
import time
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field

from parley.domain.web_pages import FetchedPage, PageFetcher, PageUnavailableError
from parley.tools.fetch_page import Format, Url
from parley.tools.page_views import PageFormat, shown, why_unavailable
from parley.tools.registry import tool
from parley.tools.types import Tool, ToolCategory, ToolError

MAX_URLS = 10
# Of all pages together: a model has to read them.
_MAX_CHARACTERS = 100_000
_MAX_PAGE_CHARACTERS = 50_000
# Fetching takes up to 15 s; a page that is begun to be read after this would come too late.
_READING_ENDS_AFTER_SECONDS = 18.0

_TOO_LATE = PageUnavailableError("there was no time left to read it")

_logger = logging.getLogger(__name__)

Urls = Annotated[
    list[Url],
    Field(min_length=1, max_length=MAX_URLS, description="Up to ten pages, fetched at the same time."),
]


def crawl_batch_tool(pages: PageFetcher, clock: Callable[[], float] = time.monotonic) -> Tool:
    """`clock` tells seconds."""

    @tool(category=ToolCategory.CRAWLER, timeout_seconds=25)
    def crawl_batch(urls: Urls, format: Format = "markdown") -> dict[str, Any]:
        """Fetch up to ten public web pages at the same time, as fetch_page does. Each result is a page or its
        own error; the pages share 100,000 characters.
        """
        ends_at = clock() + _READING_ENDS_AFTER_SECONDS
        max_characters = min(_MAX_PAGE_CHARACTERS, _MAX_CHARACTERS // len(urls))
        outcomes = pages.fetch_all([url.strip() for url in urls])
        return {
            "results": [
                {"url": url} | _result(outcome if clock() < ends_at else _TOO_LATE, format, max_characters)
                for url, outcome in zip(urls, outcomes, strict=True)
            ]
        }

    return crawl_batch


def _result(
    outcome: FetchedPage | PageUnavailableError, format: PageFormat, max_characters: int
) -> dict[str, Any]:
    try:
        if isinstance(outcome, PageUnavailableError):
            raise ToolError(why_unavailable(outcome))
        return {"success": True, "page": shown(outcome, format, max_characters=max_characters)}
    except ToolError as error:
        return {"success": False, "error": str(error)}
    except Exception:
        # One page that cannot be read for a reason of ours must not cost the others.
        _logger.exception("A page could not be read")
        return {"success": False, "error": "The page could not be read."}
