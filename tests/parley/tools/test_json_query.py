"""The `json_query` tool. What a path answers is tried in this process, what it may cost in the tool's own."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.tools import json_query as tool_module
from parley.tools.json_paths import query_json
from parley.tools.json_query import json_query
from parley.tools.types import ToolError

SHOP = {
    "items": [{"name": "pen", "price": 5, "in-stock": True}, {"name": "ink", "price": 15}],
    "2024": {"sales": [1, 2]},
    "名": "好",
    "nothing": None,
}
PIECES = [*".[]*?@'\"01a()|&,:`{}<=!~-", "..", "items", "price", "length(", "sort_by(", "match(", "sum("]
WHAT_THERE_IS = 'There is nothing, or null. The document is an object with "items", "2024", "名", "nothing".'


def query(path, document=SHOP):
    return query_json(json.dumps(document), path)


@pytest.mark.parametrize("document", [SHOP, json.dumps(SHOP), json.dumps(SHOP, ensure_ascii=False)])
def test_the_tool_takes_a_text_or_the_value_itself(document):
    assert json_query.run(json_=document, path="$..name") == {"matches": ["pen", "ink"], "count": 2}


@pytest.mark.parametrize("document", [5, [5], True, "5"])
def test_any_json_value_is_a_document(document):
    assert json_query.run(json_=document, path="@")["result"] == json.loads(json.dumps(document).strip('"'))


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("$.items[*].name", ["pen", "ink"]),
        ("$.items[?@.price < 10].name", ["pen"]),
        ("$.items[?(@.price > 10)].name", ["ink"]),
        ("$['名']", ["好"]),
        ("$.items[-1].price", [15]),
        ("$.items[?match(@.name, 'p.*')].price", [5]),
        ("$.items[?search(@.name, '[')]", []),
        ("$..sales[*]", [1, 2]),
        ("$.nothing", [None]),
    ],
)
def test_a_path_that_begins_with_a_dollar_sign_lists_its_matches(path, matches):
    answer = query(path)
    assert (answer["matches"], answer["count"]) == (matches, len(matches))


@pytest.mark.parametrize(
    ("path", "result"),
    [
        ("items[0].name", "pen"),
        ("items[?price < `10`].name | [0]", "pen"),
        ("sum(items[].price)", 20),
        ("{first: items[0].name, keys: length(keys(@))}", {"first": "pen", "keys": 4}),
        ('items[0]."in-stock"', True),
        (".items[1].name", "ink"),
        ("items.0.name", "pen"),
        ("items.0.in-stock", True),
        ("2024.sales.1", 2),
        ("名", "好"),
        (".", SHOP),
    ],
)
def test_any_other_path_answers_with_one_result(path, result):
    assert query(path) == {"result": result}


@pytest.mark.parametrize("path", ["nope", "items.7", "items.7.name", "items.x-y", "nothing", "名.0"])
def test_where_nothing_is_it_is_told_what_there_is(path):
    assert query(path) == {"result": None, "hint": WHAT_THERE_IS}


def test_what_there_is_is_told_of_any_document():
    assert query("$.nope")["hint"] == WHAT_THERE_IS
    assert query("a", [1, 2])["hint"].endswith("The document is an array of 2.")
    assert query("a", 1)["hint"].endswith("The document is neither an object nor an array.")
    assert query("a", {})["hint"].endswith("The document is an object with nothing.")
    many = query("a", {f"key{number}" * 100: 1 for number in range(25)})["hint"]
    assert many.endswith(" and 5 more.")
    assert len(many) < 2_000


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ('{"a": 1', "a", "JSON is not valid: .* line 1 column 8"),
        ("hello", "@", "JSON is not valid"),
        ("", "@", "JSON is not valid"),
        ("[NaN]", "@", "NaN is no JSON"),
        ("9" * 5000, "@", "JSON is not valid"),
        ("[" * 102 + "]" * 102, "@", "deeper than 100 levels"),
        ("{}", "$.items[", "not valid JSONPath"),
        ("{}", "$.items.length()", "not valid JSONPath"),
        ("{}", "items[*", "not valid JMESPath"),
        ("{}", "nope(@)", r"Unknown function: nope\(\)"),
        ("{}", "sum('a')", "invalid type"),
        ("{}", "..x", "not valid JMESPath"),
        ("{}", "contains('x', @)", "does not fit the document"),
        ("{}", "to_array(&@)", "no JSON value"),
        ("[1]", "$[?count(@) == 1]", "not valid JSONPath"),
        ("[1]", "$[1e9]", "not valid JSONPath"),
        ("{}", "[" * 110 + "@" + "]" * 110, "deeper than 100 levels"),
    ],
)
def test_what_cannot_be_answered_is_said_with_its_reason(document, path, reason):
    with pytest.raises(ToolError, match=reason):
        query_json(document, path)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
def test_any_path_is_answered_or_has_a_reason(path):
    for whole in (path, f"${path}"):
        try:
            answer = query(whole)
        except ToolError:
            continue
        assert json.loads(json.dumps(answer)) == answer


def test_a_hundred_levels_are_still_answered():
    document = "[" * 100 + "1" + "]" * 100
    assert query_json(document, "$" + "[0]" * 100)["matches"] == [1]
    assert query_json(document, "@")["result"] == json.loads(document)


def nested(levels):
    return [nested(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("document", "path", "reason"),
    [
        ("[" * 10_000 + "]" * 10_000, "@", "nested"),
        (nested(900), "@", "nested"),
        ({}, "[" * 490 + "@" + "]" * 490, "nested"),
        ("x" * 1_000_001, "@", "too large: over 1,000,000 characters"),
        (["字" * 200_000] * 2, "[@, @]", "result is too large"),
    ],
)
def test_what_is_too_deep_or_too_large_is_refused(document, path, reason):
    with pytest.raises(ToolError, match=reason):
        json_query.run(json_=document, path=path)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (["a" * 60], "$[?search(@, '(a|aa)+$b')]"),
        ([[[1] * 50] * 50] * 50, "$..*..*..*..*"),
        (nested(90), "$..[?@..[?@..[?@..[?@.a]]]]"),
        (1, "[@, @]" + " | [@, @]" * 60),
    ],
)
def test_what_takes_long_is_ended(document, path, monkeypatch):
    monkeypatch.setattr(tool_module, "_SECONDS", 0.5)
    with pytest.raises(ToolError, match=r"longer than 0\.5 s"):
        json_query.run(json_=document, path=path)
