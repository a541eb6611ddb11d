import json

import pytest

from parley.models.types import ChatTurn, ToolRequest
from tests.parley.models.demo_streams import (
    CALCULATOR,
    DATE_TIME,
    calls,
    finished,
    stream,
    text_of,
    user,
)


@pytest.mark.parametrize(
    ("text", "expressions"),
    [
        ("what is 2+2?", ["2+2"]),
        ("What's (12.5 + 3) * 2^8, please", ["(12.5 + 3) * 2^8"]),
        ("请计算（12+3）×4等于多少", ["(12+3)×4"]),
        ("3加4是多少", ["3 + 4"]),
        ("12 times 7", ["12 * 7"]),
        ("3 x 4", ["3 * 4"]),
        ("I wonder (see 6*7).", ["6*7"]),
        ("is 1,234 * 2 more than 2+2!", ["1,234 * 2", "2+2"]),
        ("sqrt(16) of it", ["sqrt(16)"]),
        ("max(1, 2, (3+4))", ["max(1, 2, (3+4))"]),
        ("- 7*6\n- 8*8", ["7*6", "8*8"]),
        ("-5 + 3 = ?", ["-5 + 3"]),
        ("5! / 3!", ["5! / 3!"]),
    ],
)
def test_an_arithmetic_expression_is_given_to_the_calculator(text, expressions):
    events = stream(user(text), tools=[CALCULATOR, DATE_TIME])
    assert calls(events) == [("calculator", {"expression": expression}) for expression in expressions]
    assert text_of(events)


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4 came in 2023",
        "on 2024-01-05",
        "50% off!",
        "at https://a.example/1+1",
        "call me (now)",
        "9 to 5",
    ],
)
def test_numbers_alone_are_no_arithmetic(text):
    assert calls(stream(user(text), tools=[CALCULATOR])) == []


@pytest.mark.parametrize(
    "text",
    [
        "What time is it?",
        "what's the time",
        "tell me the date",
        "What day is it today?",
        "现在几点了？",
        "今天星期几",
        "请告诉我当前时间",
    ],
)
def test_a_question_for_the_time_is_given_to_date_time(text):
    assert calls(stream(user(text), tools=[CALCULATOR, DATE_TIME])) == [("date_time", {"operation": "now"})]


def test_a_time_zone_that_the_question_names_is_passed_on():
    [(_, arguments)] = calls(stream(user("What time is it in Asia/Tokyo?"), tools=[DATE_TIME]))
    assert arguments == {"operation": "now", "timezone": "Asia/Tokyo"}


def test_several_tools_are_asked_for_at_once_under_different_ids():
    requests = finished(
        stream(user("what is 2+2 and what time is it"), tools=[DATE_TIME, CALCULATOR])
    ).tool_requests
    assert [request.name for request in requests] == ["calculator", "date_time"]
    assert len({request.id for request in requests}) == 2


def after_tools(text: str, *answers: tuple[str, str]) -> str:
    requests = tuple(
        ToolRequest(id=f"call_{index}", name=name, arguments="{}") for index, (name, _) in enumerate(answers)
    )
    turns = [
        user(text),
        ChatTurn(role="assistant", content="Let me see.", tool_requests=requests),
        *(
            ChatTurn(role="tool", content=content, tool_request_id=f"call_{index}")
            for index, (_, content) in enumerate(answers)
        ),
    ]
    events = stream(*turns, tools=[CALCULATOR, DATE_TIME], thinking_enabled=True)
    assert calls(events) == []
    return text_of(events)


def test_the_results_are_told_in_the_next_round():
    time = {"time": "14:30:00", "date": "2025-03-01", "weekday": "Saturday", "timezone": "UTC"}
    answers = [("calculator", '{"expression": "2+2", "result": 4}'), ("date_time", json.dumps(time))]
    english = after_tools("2+2, and what time is it?", *answers)
    assert "2+2 = 4" in english
    assert "14:30:00 on Saturday, 2025-03-01" in english
    chinese = after_tools("2+2，现在几点？", *answers)
    assert "2+2 = 4" in chinese
    assert "星期六" in chinese


@pytest.mark.parametrize("content", ["Division by zero.", '"text"', '{"other": 1}'])
def test_a_tool_that_failed_is_told_with_its_reason(content):
    assert content in after_tools("1/0", ("calculator", content))


@pytest.mark.parametrize("text", ["what is 2+2, and what time is it?", "2+2，现在几点"])
def test_without_tools_it_says_what_it_cannot_do(text):
    events = stream(user(text))
    assert calls(events) == []
    assert ("cannot compute 2+2" in text_of(events)) or ("无法计算 2+2" in text_of(events))
    assert "date_time" in text_of(events)
