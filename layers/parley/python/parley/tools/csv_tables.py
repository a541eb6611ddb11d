"""Reads CSV as people have it: whatever the delimiter, each column of the narrowest type that fits it all."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from parley.tools.types import ToolError

type Cell = str | int | float | None
type ColumnType = Literal["INTEGER", "REAL", "TEXT"]

MAX_COLUMNS = 500
MAX_CELLS = 1_000_000

_DELIMITERS = ",;\t|"
_SNIFFED_CHARACTERS = 20_000
_SNIFFED_RECORDS = 20
_MAX_INTEGER = 2**63 - 1  # SQLite's

# A leading zero or plus belongs to a code or a telephone number, and digits beyond a double's would be lost.
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,18})", re.ASCII)
_REAL = re.compile(r"-?(?:(?:0|[1-9]\d{0,14})(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """`columns` are unique whatever their case; each row has a cell for each of them."""

    columns: list[str]
    types: list[ColumnType]
    rows: list[tuple[Cell, ...]]


def read_csv(text: str) -> CsvTable:
    """The first record names the columns; an empty field is None. Raises `ToolError`."""
    text = text.removeprefix("\ufeff")
    try:
        records = list(_records(text, _delimiter(text)))
    except csv.Error as error:
        raise ToolError(f"The CSV cannot be read: {error}.") from None
    if not records:
        raise ToolError("The CSV is empty; its first line has to name the columns.")
    # A field too many becomes a column of its own rather than being lost.
    width = max(map(len, records))
    if width > MAX_COLUMNS or width * len(records) > MAX_CELLS:
        raise ToolError(f"The CSV is too large: at most {MAX_COLUMNS} columns and {MAX_CELLS:,} cells.")
    header, *rows = records
    types, columns = zip(*(_typed(rows, index) for index in range(width)), strict=True)
    return CsvTable(
        columns=_unique_names([*header, *[""] * (width - len(header))]),
        types=list(types),
        rows=list(zip(*columns, strict=True)),
    )


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Without the empty lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    return (record for record in reader if record)


def _delimiter(text: str) -> str:
    """The one that cuts the most records as it cuts the header, and that into the most fields."""

    def fitness(delimiter: str) -> tuple[float, int]:
        records = islice(_records(text[:_SNIFFED_CHARACTERS], delimiter), _SNIFFED_RECORDS)
        widths = [len(record) for record in records] or [0]
        return (widths.count(widths[0]) / len(widths) if widths[0] > 1 else 0, widths[0])

    return max(_DELIMITERS, key=fitness)


def _typed(rows: Sequence[Sequence[str]], index: int) -> tuple[ColumnType, list[Cell]]:
    fields = [row[index] if index < len(row) else "" for row in rows]
    numbers = [stripped for field in fields if (stripped := field.strip())]
    if numbers and all(map(_is_integer, numbers)):
        return "INTEGER", [int(field) if field.strip() else None for field in fields]
    if numbers and all(map(_REAL.fullmatch, numbers)):
        return "REAL", [float(field) if field.strip() else None for field in fields]
    return "TEXT", [field or None for field in fields]


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and abs(int(text)) <= _MAX_INTEGER


def _unique_names(header: Sequence[str]) -> list[str]:
    """A nameless column is `column_3`; a name that stands there already gets a number."""
    names: dict[str, str] = {}
    for position, field in enumerate(header, start=1):
        name = wanted = field.replace("\0", "").strip() or f"column_{position}"
        number = 2
        while name.casefold() in names:
            name, number = f"{wanted}_{number}", number + 1
        names[name.casefold()] = name
    return list(names.values())
