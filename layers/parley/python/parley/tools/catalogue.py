"""The tools that the product brings, in the order in which they are listed."""

from collections.abc import Callable
from datetime import datetime

from parley.domain.clock import now
from parley.domain.web_pages import PageFetcher
from parley.domain.web_search import SearchService
from parley.tools.calculator import calculator
from parley.tools.check_python import check_python_tool
from parley.tools.code_runner import CodeRunner
from parley.tools.convert_units import convert_units
from parley.tools.crawl_batch import crawl_batch_tool
from parley.tools.csv_query import csv_query
from parley.tools.date_time import date_time_tool
from parley.tools.execute_python import execute_python_tool
from parley.tools.fetch_page import fetch_page_tool
from parley.tools.json_query import json_query
from parley.tools.registry import ToolRegistry
from parley.tools.text_process import text_process
from parley.tools.web_search import web_search_tool


def build_registry(
    *,
    pages: PageFetcher,
    search: SearchService,
    code_runner: CodeRunner,
    clock: Callable[[], datetime] = now,
) -> ToolRegistry:
    return ToolRegistry(
        [
            web_search_tool(search),
            fetch_page_tool(pages),
            crawl_batch_tool(pages),
            execute_python_tool(code_runner),
            check_python_tool(code_runner),
            calculator,
            text_process,
            json_query,
            csv_query,
            date_time_tool(clock),
            convert_units,
        ]
    )
