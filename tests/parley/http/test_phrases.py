"""The language of an answer, and phrases for all that can happen."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, HttpUrl, Json, TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from parley import errors
from parley.http.phrases import _REASONS, choose_language, phrase, reason


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-TW, en", "zh"),
        ("en, zh", "en"),
        ("en;q=0.5, zh;q=0.6", "zh"),
        ("en ; q=0.9 , zh;q=0.8", "en"),
        ("en;q=high", "zh"),
        ("en;q=0", "zh"),
        ("fr", "zh"),
    ],
)
def test_the_better_liked_language_is_chosen(header, language):
    assert choose_language(header) == language


@given(st.text())
def test_no_header_breaks_the_choice(header):
    assert choose_language(header) in ("zh", "en")


def _facts(kind=errors.ParleyError):
    return [kind, *(fact for below in kind.__subclasses__() for fact in _facts(below))]


@pytest.mark.parametrize("fact", _facts(), ids=lambda fact: fact.__name__)
def test_every_fact_has_a_phrase_in_both_languages(fact):
    assert phrase(fact.key, "en").isascii()
    assert not phrase(fact.key, "zh").isascii()


# What only Python code can be told, or what our schemas have no type for.
NOT_OF_JSON = {
    "arguments_type", "callable_type", "complex_str_parsing", "complex_type", "counter_type",
    "dataclass_exact_type", "datetime_object_invalid", "default_factory_not_called", "deque_type",
    "ellipsis_error", "fraction_parsing", "fraction_type", "frozen_dict_type", "frozen_field",
    "frozen_instance", "get_attribute_error", "is_instance_of", "is_subclass_of", "iteration_error",
    "missing_argument", "missing_keyword_only_argument", "missing_positional_only_argument",
    "missing_sentinel_error", "multiple_argument_values", "named_tuple_type", "needs_python_object",
    "no_such_attribute", "ordered_dict_type", "set_item_not_hashable", "unexpected_keyword_argument",
    "unexpected_positional_argument",
}  # fmt: skip


class _AnyContext(dict):
    def __missing__(self, name):
        return f"<{name}>"


def test_every_reason_that_json_can_meet_has_chinese_words():
    types = set(get_args(ErrorType)) - NOT_OF_JSON
    assert types > {"missing", "url_parsing", "union_tag_invalid", "date_parsing", "bytes_too_long"}
    for type in types:
        assert not _REASONS[type].format_map(_AnyContext()).isascii(), type


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Annotated[int, Field(gt=3)], 3, "必须大于 3"),
        (Annotated[int, Field(multiple_of=3)], 4, "必须是 3 的倍数"),
        (Annotated[bytes, Field(max_length=2)], "abc", "长度不能超过 2 字节"),
        (HttpUrl, "ftp://a.example", "URL 协议必须是 'http' or 'https'"),
        (UUID, "x", "不是有效的 UUID"),
        (date, "2026-02-30", "日期不存在"),
        (Literal["a", "b"], "c", "取值不在允许范围内"),
        (Json, "{", "不是有效的 JSON"),
        (Annotated[Decimal, Field(max_digits=2)], "1.234", "最多 2 位数字"),
    ],
)
def test_the_words_have_room_for_what_pydantic_tells_with_them(kind, value, said):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (error,) = caught.value.errors()
    assert reason(error["type"], error["msg"], error.get("ctx", {}), "zh") == said
    assert reason(error["type"], error["msg"], error.get("ctx", {}), "en").isascii()


def test_a_reason_that_we_have_no_words_for_is_pydantics():
    assert reason("no_such_type", "Input is odd", {}, "zh") == "Input is odd"
    assert reason("string_too_short", "Too short", {"min_length": 3}, "zh") == "长度不能少于 3 个字符"
