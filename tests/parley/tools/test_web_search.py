import pytest

from parley.domain.web_search import SearchFailedError
from parley.errors import InvalidArgumentsError
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolError
from parley.tools.web_search import web_search_tool
from tests.fakes.web_search import FakeSearch


def test_five_results_are_asked_for_unless_somebody_wants_more():
    search = FakeSearch()
    tool = web_search_tool(search)
    result = tool.run(query="  quiet\n harbours ")
    assert result["query"] == "quiet harbours"
    assert result["results"][0] == {
        "title": "Title 0",
        "url": "https://good.example/0",
        "snippet": "Snippet 0",
    }
    assert len(tool.run(query="x", max_results=20)["results"]) == 20
    assert search.asked == [("quiet harbours", 5), ("x", 20)]


def test_a_service_that_cannot_says_why():
    tool = web_search_tool(FakeSearch(SearchFailedError("SearXNG could not be reached")))
    with pytest.raises(ToolError, match=r"^The web could not be searched: SearXNG could not be reached\.$"):
        tool.run(query="x")


@pytest.mark.parametrize(
    "arguments", [{"query": ""}, {"query": "x" * 401}, {"query": "x", "max_results": 0}, {"max_results": 21}]
)
def test_arguments_have_limits(arguments):
    with pytest.raises(InvalidArgumentsError):
        ToolRegistry([web_search_tool(FakeSearch())]).validate("web_search", {"query": "x"} | arguments)


def test_a_query_of_nothing_but_white_space_is_empty():
    with pytest.raises(ToolError, match="empty"):
        web_search_tool(FakeSearch()).run(query=" \n")
