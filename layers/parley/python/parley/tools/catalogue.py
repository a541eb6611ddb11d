"""The tools that the product brings, in the order in which they are listed."""

from collections.abc import Callable
from datetime import datetime

from parley.domain.clock import now
from parley.tools.calculator import calculator
from parley.tools.csv_query import csv_query
from parley.tools.date_time import date_time_tool
from parley.tools.json_query import json_query
from parley.tools.registry import ToolRegistry
from parley.tools.text_process import text_process


def build_registry(clock: Callable[[], datetime] = now) -> ToolRegistry:
    return ToolRegistry([calculator, text_process, json_query, csv_query, date_time_tool(clock)])
