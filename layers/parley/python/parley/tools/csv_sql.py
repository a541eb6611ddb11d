"""Runs SQL over one CSV table, in a database that holds nothing else and can only be read."""

import json
import sqlite3
from contextlib import closing
from typing import Any

from parley.tools.csv_tables import CsvTable, read_csv
from parley.tools.numbers import MAX_SAFE_INTEGER
from parley.tools.types import ToolError

TABLE = "data"
MAX_ROWS = 1_000
MAX_RESULT_CHARACTERS = 200_000

_SHOWN_COLUMNS = 50
_SHOWN_CHARACTERS = 100
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer"}


def query_csv(csv: str, sql: str) -> dict[str, Any]:
    """Columns and rows of what the SQL selects, cut where there are too many. Raises `ToolError`."""
    table = read_csv(csv)
    with closing(_database(table)) as connection:
        connection.set_authorizer(_authorize)
        try:
            cursor = connection.execute(sql)
            if cursor.description is None:
                raise ToolError("The SQL selects nothing; it has to be one SELECT over the table data.")
            return _result([column[0] for column in cursor.description], cursor)
        except sqlite3.Error as error:
            raise ToolError(_reason(str(error), table)) from None


def _database(table: CsvTable) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA temp_store = MEMORY")
    columns = ", ".join(
        f"{_quoted(name)} {type_}" for name, type_ in zip(table.columns, table.types, strict=True)
    )
    connection.execute(f"CREATE TABLE {TABLE} ({columns})")
    places = ", ".join("?" * len(table.columns))
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO {TABLE} VALUES ({places})", table.rows)  # noqa: S608
    connection.execute("COMMIT")
    return connection


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """`second` is the function's name: https://www.sqlite.org/c3ref/c_alter_table.html."""
    del first
    may_call = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _FORBIDDEN_FUNCTIONS
    return sqlite3.SQLITE_OK if action in _READING or may_call else sqlite3.SQLITE_DENY


def _result(columns: list[str], cursor: sqlite3.Cursor) -> dict[str, Any]:
    rows: list[list[Any]] = []
    characters = 0
    truncated = False
    for found in cursor:
        row = [_presented(cell) for cell in found]
        characters += len(json.dumps(row, ensure_ascii=False))
        if len(rows) == MAX_ROWS or characters > MAX_RESULT_CHARACTERS:
            truncated = True
            break
        rows.append(row)
    if truncated and not rows:
        raise ToolError("The first row alone is too large; select less of it.")
    return {"columns": columns, "rows": rows, "row_count": len(rows), "truncated": truncated}


def _presented(cell: Any) -> Any:
    """What JSON and its readers hold without loss; sums of decimals without the noise of binary fractions."""
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, int) and abs(cell) > MAX_SAFE_INTEGER:
        return str(cell)
    if isinstance(cell, float):
        return float(f"{cell:.15g}") if abs(cell) != float("inf") else str(cell)
    return cell


def _reason(error: str, table: CsvTable) -> str:
    """SQLite's words with what helps to ask better."""
    if error.startswith(("not authorized", "authorization denied")):
        return "Only reading is allowed: one SELECT over the table data."
    hints = {
        "no such column": f"The columns are: {_named(table.columns)}.",
        "no such table": f"The only table is {TABLE}.",
        "syntax error": f"SQLite's dialect is expected; the columns are: {_named(table.columns)}.",
    }
    hint = next((hint for sign, hint in hints.items() if sign in error), "")
    return f"SQL: {error.rstrip('.')}. {hint}".strip()


def _named(columns: list[str]) -> str:
    more = len(columns) - _SHOWN_COLUMNS
    shown = ", ".join(_quoted(name[:_SHOWN_CHARACTERS]) for name in columns[:_SHOWN_COLUMNS])
    return f"{shown} and {more} more" if more > 0 else shown
