"""The product's tools, with nothing behind them that would leave this process."""

from parley.tools.catalogue import build_registry
from parley.tools.registry import ToolRegistry
from tests.fakes.code_runner import FakeCodeRunner
from tests.fakes.web_pages import FakePageFetcher
from tests.fakes.web_search import FakeSearch


def offline_registry() -> ToolRegistry:
    return build_registry(pages=FakePageFetcher(), search=FakeSearch(), code_runner=FakeCodeRunner())
