"""The `text_process` tool: each operation, in any script, and what no text may make it do."""

import time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.tools import text_operations
from parley.tools.registry import ToolRegistry
from parley.tools.text_changes import CHANGES
from parley.tools.text_findings import FINDINGS
from parley.tools.text_process import Operation, text_process
from parley.tools.types import ToolError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ASTRONAUT = "👩‍🚀"


def process(text, operation, **options):
    return text_process.run(text=text, operation=operation, **options)["result"]


@pytest.mark.parametrize(
    ("operation", "text", "result"),
    [
        ("upper", "straße é", "STRASSE É"),
        ("lower", "ÀB", "àb"),
        ("title", "don't STOP l’été", "Don't Stop L’été"),
        ("capitalize", "hELLO World", "Hello world"),
        ("trim", " \u3000a b\n", "a b"),
        ("collapse_whitespace", " a \t\n b\u3000c ", "a b c"),
        ("reverse", f"ae\u0301{ASTRONAUT}🇩🇪", f"🇩🇪{ASTRONAUT}e\u0301a"),
        ("slugify", "Crème Brûlée: 100% がぎ_한국어 新会话!", "creme-brulee-100-がぎ-한국어-新会话"),
        ("slugify", "--", ""),
        ("sort_lines", "b\nA\na\nä", "A\na\nb\nä"),
        ("unique_lines", "b\r\na\nb", "b\na"),
        ("number_lines", "x\ny", "1. x\n2. y"),
        ("base64_encode", "你好", "5L2g5aW9"),
        ("base64_decode", " 5L2g\n5aW9 ", "你好"),
        ("base64_decode", "YT8-_w", None),
        ("base64_decode", "Pz8_", "???"),
        ("base64_decode", "aGVsbG8", "hello"),
        ("url_encode", "你 a&b/~", "%E4%BD%A0%20a%26b%2F~"),
        ("url_decode", "%E4%BD%A0%20a+b%zz", "你 a+b%zz"),
        ("html_escape", "<a href='x'>&", "&lt;a href=&#x27;x&#x27;&gt;&amp;"),
        ("html_unescape", "&lt;&#20320;&amp;&nope;", "<你&&nope;"),
        ("sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("md5", "a", "0cc175b9c0f1b6a831c399e269772661"),
    ],
)
def test_a_text_becomes_another(operation, text, result):
    if result is None:
        with pytest.raises(ToolError):
            process(text, operation)
    else:
        assert process(text, operation) == result


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Hello, world! It's 3.14 - OK?", 5),
        ("你好，世界。", 4),
        ("Parley是一个chat后端，支持Python3。", 10),
        ("これはペンです", 7),
        ("한국어 문장입니다", 2),
        ("Привет, мир", 2),
        ("नमस्ते दुनिया", 2),
        ("— … ！", 0),
    ],
)
def test_words_are_counted_as_editors_count_them(text, words):
    assert process(text, "statistics")["words"] == words


def test_a_text_is_measured():
    assert process("Hello, world! 你好，世界。\r\n\r\nIt's 3.14… OK?\n \nEnd", "statistics") == {
        "characters": 44,
        "characters_without_spaces": 33,
        "words": 10,
        "cjk_characters": 4,
        "sentences": 5,
        "lines": 5,
        "paragraphs": 3,
        "utf8_bytes": 58,
    }


@pytest.mark.parametrize(
    ("operation", "text", "found"),
    [
        ("extract_emails", "Bob <bob@x.com>, a.b+c@d-e.co.uk. a@b", ["bob@x.com", "a.b+c@d-e.co.uk"]),
        ("extract_emails", "发到bob@x.com谢谢，或bob@x.com", ["bob@x.com"]),
        (
            "extract_urls",
            "(https://x.com/a_(b)), HTTP://y.cn/?q=1!",
            ["https://x.com/a_(b)", "HTTP://y.cn/?q=1"],
        ),
        ("extract_urls", "见https://z.cn/路。", ["https://z.cn/"]),
        ("extract_numbers", "1,234.5 and -3, 12-15 or 1e3", [1234.5, -3, 12, 15, 1000.0]),
        ("extract_numbers", "2.5% (.5) v2 1,2 −7", [2.5, 0.5, 2, 1, 2, -7]),
        ("extract_numbers", "9007199254740993 1e999", ["9007199254740993", "1e999"]),
        ("extract_numbers", "none", []),
    ],
)
def test_addresses_and_numbers_are_found_in_any_surroundings(operation, text, found):
    assert text_process.run(text=text, operation=operation) == {"result": found, "count": len(found)}


def test_a_text_is_searched_replaced_split_and_joined():
    assert process("aXaXa", "count", find="X") == 2
    assert process("a.b.c", "replace", find=".", replace_with="\\1") == "a\\1b\\1c"
    assert process("a.b.c", "replace", find=".") == "abc"
    assert process("a, b,c", "split", separator=",") == ["a", " b", "c"]
    assert process(" a  b\nc", "split") == ["a", "b", "c"]
    assert process("a\r\nb", "join") == "a b"
    assert process("a\nb", "join", separator=" | ") == "a | b"


def test_a_text_is_cut_between_characters_as_a_reader_sees_them():
    assert process("hello", "truncate", length=5) == "hello"
    assert process("hello world", "truncate", length=7) == "hello…"
    assert process(ASTRONAUT * 3, "truncate", length=2) == f"{ASTRONAUT}…"
    assert process("ab", "truncate", length=1) == "…"


def test_patterns_are_found_and_replaced():
    assert process("a1b22", "regex_find", find=r"\d+") == ["1", "22"]
    assert process("a1b", "regex_find", find=r"(\w)(\d)?") == [["a", "1"], ["b", None]]
    assert (
        process("2025-03-01", "regex_replace", find=r"(\d+)-(\d+)-(\d+)", replace_with=r"\3.\2.\1")
        == "01.03.2025"
    )


def test_texts_are_compared_line_by_line():
    diff = process("a\nb\nc", "diff", other="a\nB\nc")
    assert diff.splitlines() == ["--- text", "+++ other", "@@ -1,3 +1,3 @@", " a", "-b", "+B", " c"]
    assert process("a\r\nb", "diff", other="a\nb") == ""


@pytest.mark.parametrize(("word", "ours"), [("uppercase", "upper"), ("word_count", "statistics")])
def test_an_operation_is_known_by_other_words_too(word, ours):
    [spec] = ToolRegistry([text_process]).specs()
    taken = ToolRegistry([text_process]).validate("text_process", {"text": "a", "operation": word})
    assert taken["operation"] == ours
    assert word not in spec.parameters["properties"]["operation"]["enum"]


def test_every_operation_is_done():
    operations = set(get_args(Operation))
    alone = set(CHANGES) | set(FINDINGS)
    assert alone < operations
    for operation in operations:
        assert text_process.run(text="YQ==", operation=operation, find="Y") is not None


@pytest.mark.parametrize(
    ("operation", "text", "options", "reason"),
    [
        ("count", "a", {}, "'count' needs 'find'"),
        ("replace", "a", {}, "'replace' needs 'find'"),
        ("regex_find", "a", {}, "'regex_find' needs 'find'"),
        ("regex_find", "a", {"find": "("}, "regular expression is not valid: missing \\)"),
        ("regex_replace", "a", {"find": "a", "replace_with": "\\2"}, "replacement is not valid"),
        ("base64_decode", "a", {}, "not Base64"),
        ("base64_decode", "é", {}, "not Base64"),
        ("base64_decode", "/w==", {}, "not a text in UTF-8"),
        ("url_decode", "%ff", {}, "not a text in UTF-8"),
        ("replace", "a" * 200_000, {"find": "a", "replace_with": "b" * 10_000}, "too large"),
        ("join", "\n" * 100_000, {"separator": "x" * 100}, "too large"),
        ("slugify", "a" * 1_001, {}, "at most 1,000 characters"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_reason(operation, text, options, reason):
    with pytest.raises(ToolError, match=reason):
        process(text, operation, **options)


@pytest.mark.parametrize("find", ["(a+)+b", "(a|aa)+$b", "(?:a?){40}a{40}b", "(.*a){20}b"])
def test_an_evil_pattern_is_ended(find, monkeypatch):
    monkeypatch.setattr(text_operations, "SECONDS", 0.3)
    with pytest.raises(ToolError, match=r"longer than 0\.3 s"):
        process("a" * 60, "regex_find", find=find)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a@",
        "a.",
        "1",
        "1,",
        "111,",
        "1e",
        "https://",
        ")",
        "\n",
        "\n ",
        ". ",
        "\u0301\u0323",
        "&#",
        "a'",
        "%e4",
    ],
)
def test_no_text_makes_an_operation_take_long(unit):
    """Linear, a tenth of the longest text takes milliseconds; quadratic, it would take seconds."""
    text = (unit * 20_000)[:20_000]
    for operation in [*CHANGES, *FINDINGS]:
        started = time.process_time()
        try:
            process(text, operation)
        except ToolError:
            continue
        assert time.process_time() - started < 0.5, operation


@given(TEXTS)
def test_what_is_encoded_is_decoded_to_the_same(text):
    for encode, decode in [
        ("base64_encode", "base64_decode"),
        ("url_encode", "url_decode"),
        ("html_escape", "html_unescape"),
    ]:
        assert process(process(text, encode), decode) == text


@given(TEXTS, st.integers(1, 20))
def test_what_is_cut_is_never_longer_than_it_may_be(text, length):
    import regex

    assert len(regex.findall(r"\X", process(text, "truncate", length=length))) <= length
