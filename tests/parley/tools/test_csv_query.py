"""The `csv_query` tool. What the SQL does is tried in this process, what it may cost in the tool's own."""

import pytest

from parley.tools import csv_query as tool_module
from parley.tools.csv_query import csv_query
from parley.tools.csv_sql import MAX_ROWS, query_csv
from parley.tools.types import ToolError

SALES = "city,sales,code,unit price,备注\nBerlin,10,007,1.5,x\nParis,20,008,.1,\nRome,,009,.2,y\n"
NUMBERS = "with recursive n(x) as (select 1 union all select x + 1 from n) "


def rows(sql, csv=SALES):
    return query_csv(csv, sql)["rows"]


def test_the_tool_answers_with_columns_and_rows():
    assert csv_query.run(csv=SALES, sql="SELECT city, sales FROM data WHERE sales > 5 ORDER BY 2 DESC;") == {
        "columns": ["city", "sales"],
        "rows": [["Paris", 20], ["Berlin", 10]],
        "row_count": 2,
        "truncated": False,
    }


def test_the_tools_name_for_the_table_is_in_its_description():
    assert "named data" in csv_query.description


def test_columns_are_typed_and_quoted_names_reach_any_of_them():
    assert rows('SELECT SUM(sales), SUM("unit price"), MIN(code) FROM data') == [[30, 1.8, "007"]]
    assert rows('SELECT "备注" FROM data WHERE 备注 IS NOT NULL') == [["x"], ["y"]]
    assert rows("SELECT city FROM data WHERE sales IS NULL") == [["Rome"]]


def test_common_table_expressions_windows_and_set_operations_are_selects_too():
    assert rows("WITH t AS (SELECT sales s FROM data) SELECT COUNT(*) FROM t") == [[3]]
    assert rows("SELECT city, RANK() OVER (ORDER BY sales DESC) FROM data LIMIT 1") == [["Paris", 1]]
    assert rows("SELECT 1 UNION SELECT 2") == [[1], [2]]
    assert rows("VALUES (1, 'a')") == [[1, "a"]]
    assert rows(f"{NUMBERS} SELECT x FROM n LIMIT 3") == [[1], [2], [3]]


def test_what_json_cannot_hold_is_told_as_text():
    assert rows("SELECT x'00ff', 9e999, 9007199254740993, 9007199254740992") == [
        ["00ff", "inf", "9007199254740993", 9007199254740992]
    ]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT nope FROM data", 'no such column: nope. The columns are: "city", "sales"'),
        ("SELECT * FROM sales", "no such table: sales. The only table is data"),
        ("SELEC city", "syntax error"),
        ("SELECT ?", "bindings"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("-- nothing", "selects nothing"),
        ("SELECT '\0'", "null character"),
        ("SELECT " + "(" * 2000 + "1" + ")" * 2000, "overflow"),
        (" UNION ALL ".join(["SELECT 1"] * 900), "too many terms"),
    ],
)
def test_what_is_no_query_is_said_with_its_reason(sql, reason):
    with pytest.raises(ToolError, match=reason):
        rows(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM data",
        "UPDATE data SET city = 'x'",
        "INSERT INTO data (city) VALUES ('x')",
        "WITH t AS (SELECT 1) DELETE FROM data",
        "DROP TABLE data",
        "CREATE TABLE t (a)",
        "CREATE VIRTUAL TABLE t USING fts5(a)",
        "CREATE TEMP VIEW v AS SELECT 1",
        "ATTACH '/tmp/x' AS y",
        "PRAGMA table_info(data)",
        "PRAGMA temp_store_directory = '/tmp'",
        "SELECT * FROM pragma_database_list",
        "VACUUM INTO '/tmp/x'",
        "BEGIN",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple')",
    ],
)
def test_only_reading_is_allowed(sql):
    with pytest.raises(ToolError, match="Only reading is allowed"):
        rows(sql)


@pytest.mark.parametrize("function", ["readfile('/etc/passwd')", "writefile('/tmp/x', 'y')", "edit('x')"])
def test_no_function_reaches_a_file(function):
    with pytest.raises(ToolError, match="no such function"):
        rows(f"SELECT {function}")


def test_many_rows_are_cut_and_it_is_said():
    result = query_csv(SALES, f"{NUMBERS} SELECT x FROM n")
    assert (result["row_count"], len(result["rows"]), result["truncated"]) == (MAX_ROWS, MAX_ROWS, True)
    exact = query_csv(SALES, f"{NUMBERS} SELECT x FROM n LIMIT {MAX_ROWS}")
    assert (exact["row_count"], exact["truncated"]) == (MAX_ROWS, False)


def test_large_rows_are_cut_sooner():
    result = query_csv(SALES, f"{NUMBERS} SELECT hex(zeroblob(20000)) FROM n")
    assert 0 < result["row_count"] < 10
    assert result["truncated"] is True
    with pytest.raises(ToolError, match="first row alone is too large"):
        rows("SELECT hex(zeroblob(200000))")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT zeroblob(1000000000)",
        "SELECT length(randomblob(500000000))",
        "SELECT printf('%1000000000d', 1)",
        f"{NUMBERS} SELECT length(group_concat(hex(zeroblob(1000000)))) FROM (SELECT x FROM n LIMIT 1000)",
    ],
)
def test_what_needs_much_memory_is_refused_it(sql):
    with pytest.raises(ToolError, match=r"memory|too big"):
        csv_query.run(csv=SALES, sql=sql)


@pytest.mark.parametrize(
    "sql",
    [
        f"{NUMBERS} SELECT count(*) FROM n",
        "SELECT trim(hex(zeroblob(1000000)), replace(hex(zeroblob(500000)), '0', 'x') || '0')",
    ],
)
def test_what_takes_long_is_ended(sql, monkeypatch):
    monkeypatch.setattr(tool_module, "_SECONDS", 0.3)
    with pytest.raises(ToolError, match=r"longer than 0\.3 s"):
        csv_query.run(csv=SALES, sql=sql)
