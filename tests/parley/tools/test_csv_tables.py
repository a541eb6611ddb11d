import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.tools.csv_tables import read_csv
from parley.tools.types import ToolError

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=8)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    table = read_csv(f"name{delimiter}note\nA{delimiter}x\nB{delimiter}y\n")
    assert table.columns == ["name", "note"]
    assert table.rows == [("A", "x"), ("B", "y")]


def test_a_delimiter_in_a_text_misleads_nobody():
    assert read_csv("name,note\nA,x;y;z\nB,u|v\n").columns == ["name", "note"]
    assert read_csv("name;price\nA;1,5\nB;2,5\n").rows == [("A", "1,5"), ("B", "2,5")]
    assert read_csv('name,note\nA,"x, y"\n').rows == [("A", "x, y")]


def test_a_byte_order_mark_empty_lines_and_any_line_ends_are_read_over():
    for end in ("\n", "\r\n", "\r"):
        table = read_csv(f"\ufeff{end}a,b{end}1,2{end}{end}3,4")
        assert (table.columns, table.rows) == (["a", "b"], [(1, 2), (3, 4)])


def test_quoted_fields_hold_lines_quotes_and_delimiters():
    assert read_csv('a, b\n"1\n2", "say ""x"", y"\n').rows == [("1\n2", 'say "x", y')]


@pytest.mark.parametrize(
    ("fields", "type_", "cells"),
    [
        (["1", "-20", "0", ""], "INTEGER", [1, -20, 0, None]),
        (["9223372036854775807"], "INTEGER", [2**63 - 1]),
        (["9223372036854775808", "1"], "TEXT", ["9223372036854775808", "1"]),
        (["1", "2.5", "-.5", "3.", "1e3"], "REAL", [1.0, 2.5, -0.5, 3.0, 1000.0]),
        (["9007199254740993", "1.5"], "TEXT", ["9007199254740993", "1.5"]),
        (["007", "8"], "TEXT", ["007", "8"]),
        (["+49", "1"], "TEXT", ["+49", "1"]),
        (["1e999"], "TEXT", ["1e999"]),
        (["nan", "inf"], "TEXT", ["nan", "inf"]),
        (["1,000", "2"], "TEXT", ["1,000", "2"]),
        (["１２"], "TEXT", ["１２"]),
        (["1", "x"], "TEXT", ["1", "x"]),
        (["", ""], "TEXT", [None, None]),
    ],
)
def test_a_column_gets_the_narrowest_type_that_fits_it_all(fields, type_, cells):
    lines = "\n".join(f'"{field}",x' for field in fields)
    table = read_csv(f"a,b\n{lines}")
    assert (table.types[0], [row[0] for row in table.rows]) == (type_, cells)


def test_columns_are_named_uniquely_whatever_their_case():
    assert read_csv("a,A,,a,价格 ,a_2\n1,2,3,4,5,6").columns == [
        "a",
        "A_2",
        "column_3",
        "a_3",
        "价格",
        "a_2_2",
    ]


def test_a_field_too_many_becomes_a_column_and_one_too_few_is_null():
    table = read_csv("a,b\n1,2,3\n4\n")
    assert (table.columns, table.rows) == (["a", "b", "column_3"], [(1, 2, 3), (4, None, None)])


def test_a_header_alone_is_a_table_without_rows():
    table = read_csv("a,b")
    assert (table.columns, table.types, table.rows) == (["a", "b"], ["TEXT", "TEXT"], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("\n\n\n", "is empty"),
        (",".join(["x"] * 501), "too large"),
        (",".join(["x"] * 500) + "\n" + "1\n" * 2000, "too large"),
        ("a,b\nx," + "y" * 200_000, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_reason(text, reason):
    with pytest.raises(ToolError, match=reason):
        read_csv(text)


@given(st.integers(2, 5).flatmap(lambda width: st.lists(st.tuples(*[TEXTS] * width), min_size=1, max_size=6)))
def test_texts_that_are_quoted_come_back_as_they_are(rows):
    """A letter in front keeps the field a text."""
    rows = [tuple(f"t{field}" for field in row) for row in rows]
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerows([[f"c{number}" for number in range(len(rows[0]))], *rows])
    assert read_csv(file.getvalue()).rows == rows


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_a_table_or_has_a_reason(text):
    try:
        table = read_csv(text)
    except ToolError:
        return
    assert len({name.lower() for name in table.columns}) == len(table.columns) == len(table.types)
    assert all(len(row) == len(table.columns) for row in table.rows)
