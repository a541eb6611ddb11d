"""The `csv_query` tool."""

from typing import Annotated, Any

from pydantic import Field

from parley.tools.child_calls import call_in_child
from parley.tools.registry import tool
from parley.tools.types import ToolCategory

MAX_CSV_CHARACTERS = 1_000_000
MAX_SQL_CHARACTERS = 10_000

_SECONDS = 10.0

Csv = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_CSV_CHARACTERS,
        description="The CSV text: a line of column names first; delimiter , ; tab or |.",
    ),
]
Sql = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_SQL_CHARACTERS,
        description="For example: SELECT city, SUM(sales) AS total FROM data GROUP BY city ORDER BY 2 DESC",
    ),
]


@tool(category=ToolCategory.DATA, timeout_seconds=_SECONDS + 5)
def csv_query(csv: Csv, sql: Sql) -> dict[str, Any]:
    """Run one read-only SQL SELECT (SQLite's dialect) over a CSV text. The table is named data, its columns
    are those of the first line; quote names that are no plain words: "unit price". Numbers are typed as
    numbers, empty fields are NULL. Answers columns and rows, at most 1,000; truncated tells of more.
    """
    result: dict[str, Any] = call_in_child(
        "parley.tools.csv_sql", "query_csv", seconds=_SECONDS, csv=csv, sql=sql
    )
    return result
