"""The `web_search` tool."""

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from parley.domain.web_search import SearchFailedError, SearchService
from parley.tools.registry import tool
from parley.tools.types import Tool, ToolCategory, ToolError

MAX_QUERY_CHARACTERS = 400
MAX_RESULTS = 20

Query = Annotated[
    str, Field(min_length=1, max_length=MAX_QUERY_CHARACTERS, description="What to search the web for.")
]
Count = Annotated[int, Field(ge=1, le=MAX_RESULTS, description="How many results at most.")]


def web_search_tool(search: SearchService) -> Tool:
    @tool(category=ToolCategory.CRAWLER, timeout_seconds=25)
    def web_search(query: Query, max_results: Count = 5) -> dict[str, Any]:
        """Search the web. Answers results with title, url and snippet, the best first; read a page with
        fetch_page before relying on it.
        """
        words = " ".join(query.split())
        if not words:
            raise ToolError("The query is empty.")
        try:
            results = search.search(words, max_results)
        except SearchFailedError as error:
            raise ToolError(f"The web could not be searched: {error.reason}.") from None
        return {"query": words, "results": [asdict(result) for result in results]}

    return web_search
