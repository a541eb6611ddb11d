import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta
from parley.models.demo import DemoModel
from parley.models.types import (
    ChatTurn,
    ModelError,
    ModelEvent,
    ModelFinished,
    ModelRequest,
    ToolRequest,
    ToolSpec,
)

CALCULATOR = ToolSpec(name="calculator", description="", parameters={})
DATE_TIME = ToolSpec(name="date_time", description="", parameters={})


def user(content: str) -> ChatTurn:
    return ChatTurn(role="user", content=content)


async def collect(turns: Sequence[ChatTurn], into: list[ModelEvent], **options: Any) -> None:
    model = DemoModel(delay_seconds=0)
    async for event in model.stream(ModelRequest(model="any-name", turns=turns, **options)):
        into.append(event)


def stream(*turns: ChatTurn, **options: Any) -> list[ModelEvent]:
    events: list[ModelEvent] = []
    asyncio.run(collect(turns, events, **options))
    return events


def text_of(events: Sequence[ModelEvent]) -> str:
    return "".join(event.content for event in events if isinstance(event, TextDelta))


def finished(events: Sequence[ModelEvent]) -> ModelFinished:
    assert isinstance(events[-1], ModelFinished)
    return events[-1]


def calls(events: Sequence[ModelEvent]) -> list[tuple[str, dict[str, Any]]]:
    return [(request.name, json.loads(request.arguments)) for request in finished(events).tool_requests]


def test_it_says_that_it_is_a_demo_one_word_at_a_time():
    events = stream(user("hello there"))
    words = [event.content for event in events[:-1]]
    assert "demo" in text_of(events)
    assert "hello there" in text_of(events)
    assert all(len(word.split()) == 1 for word in words)
    assert finished(events).finish_reason is FinishReason.STOP
    assert finished(events).usage.completion_tokens == len(words)
    assert finished(events).usage.prompt_tokens > 0


def test_it_answers_in_the_language_of_the_message_a_few_characters_at_a_time():
    events = stream(user("你好"))
    assert "演示" in text_of(events)
    assert all(len(event.content) <= 12 for event in events[:-1])
    assert len(events) > 10


def test_the_same_request_gives_the_same_events():
    assert stream(user("2+2 and long")) == stream(user("2+2 and long"))


def test_words_come_about_20_ms_apart():
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def run() -> int:
        request = ModelRequest(model="demo", turns=[user("long, please")])
        return len([event async for event in DemoModel(sleep=sleep).stream(request)]) - 1

    words = asyncio.run(run())
    assert words >= 400
    assert pauses == [0.02] * (words - 1)
    assert sum(pauses) >= 8


def test_long_in_chinese_is_as_long():
    assert sum(isinstance(event, TextDelta) for event in stream(user("请long一点"))) >= 402


@pytest.mark.parametrize("text", ["how is the belonging", "along the way"])
def test_long_counts_as_a_word_only(text):
    assert len(stream(user(text))) < 60


def test_thinking_comes_first_and_only_when_enabled():
    events = stream(user("hello"), thinking_enabled=True)
    kinds = [type(event) for event in events]
    first_text = kinds.index(TextDelta)
    assert first_text > 3
    assert set(kinds[:first_text]) == {ThinkingDelta}
    assert ThinkingDelta not in kinds[first_text:]
    assert ThinkingDelta not in [type(event) for event in stream(user("hello"))]


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


def test_fail_breaks_the_stream_after_a_few_words():
    events: list[ModelEvent] = []
    with pytest.raises(ModelError) as caught:
        asyncio.run(collect([user("please fail now")], events))
    assert caught.value.type == "model_stream_broken"
    assert 2 <= len(events) <= 10
    assert all(isinstance(event, TextDelta) for event in events)


@pytest.mark.parametrize("text", ["fail first", "Please FAIL first, 2+2", "请fail first吧"])
def test_fail_first_breaks_it_before_any_word(text):
    events: list[ModelEvent] = []
    with pytest.raises(ModelError):
        asyncio.run(collect([user(text)], events, thinking_enabled=True, tools=[CALCULATOR]))
    assert events == []


def test_only_the_newest_message_of_the_user_counts():
    events = stream(
        user("fail"), ChatTurn(role="assistant", content="2+2"), user("hello"), tools=[CALCULATOR]
    )
    assert calls(events) == []


def as_agent(text: str, prompt: str = "You are Alice.\nBe kind.") -> str:
    return text_of(stream(ChatTurn(role="system", content=prompt), user(text)))


def test_an_agent_speaks_as_itself():
    assert as_agent("hello").startswith("I am Alice,")
    assert as_agent("你好", "Be kind.\nYou are 小红").startswith("我是小红，")
    assert "demo" in as_agent("hello")
    assert as_agent("hello", "You are a helpful assistant.").startswith("This is the demo")


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("ask @Bob", ["@Bob"]),
        ("@Alice please ask @Bob what he thinks, @Carol knows", ["@Bob"]),
        ("ask @Bob and ask @Data Analyst about it", ["@Bob", "@Data Analyst"]),
        ("ask @v1.5-bot. Now.", ["@v1.5-bot"]),
        ("ask ＠小明，好吗", ["@小明"]),
        ("问 @小明 怎么样", ["@小明"]),
        ("ask @Alice", []),
        ("hello @Bob, and ＠Carol", []),
    ],
)
def test_ask_makes_its_reply_mention_that_name_and_no_other(text, mentions):
    reply = as_agent(text)
    assert [part for part in mentions if part in reply] == mentions
    assert reply.count("@") + reply.count("＠") == len(mentions)


def test_max_tokens_cuts_the_reply_and_says_so():
    events = stream(user("long"), max_tokens=10)
    assert len(events) == 11
    assert finished(events).finish_reason is FinishReason.LENGTH


def test_a_message_of_the_greatest_length_is_read_in_no_time():
    for text in (
        "(" * 200_000,
        "1+" * 100_000,
        "ask @" * 40_000,
        "max(" * 50_000,
        "1" * 200_000,
        "" or "9,999" * 40_000,
    ):
        assert stream(user(text), tools=[CALCULATOR, DATE_TIME])
