import asyncio
from typing import Any

import pytest

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta
from parley.models.demo import DemoModel
from parley.models.types import ChatTurn, ModelError, ModelEvent, ModelRequest
from tests.parley.models.demo_streams import (
    CALCULATOR,
    DATE_TIME,
    calls,
    collect,
    finished,
    stream,
    text_of,
    user,
)


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


def in_room(question: str, *said: str, speaker: str = "Alice", **options: Any) -> list[ModelEvent]:
    """As an agent that answers the question in a room, where more may have been said after it."""
    turns = [user(f"Pat: {question}"), *map(user, said)]
    return stream(*turns, speaker=speaker, question=question, **options)


def test_in_a_room_each_agent_does_what_the_question_asks_for_whatever_others_have_answered():
    events = in_room("6 * 7?", "Bob: 6 * 7 = 42.", tools=[CALCULATOR])
    assert calls(events) == [("calculator", {"expression": "6 * 7"})]
    reply = text_of(in_room("Hello @Alice!", "Bob: ask @Carol"))
    assert reply.startswith("I am Alice,")
    assert "“Hello Alice!”" in reply


def test_in_a_room_agents_may_be_made_to_ask_one_another():
    question = "@Alice ask @Bob and @Bob ask @Alice"
    assert "@Bob" in text_of(in_room(question))
    assert "@Alice" in text_of(in_room(question, "Alice: @Bob, what do you think?", speaker="Bob"))


def test_in_a_room_the_first_agent_fails_and_the_next_one_answers():
    with pytest.raises(ModelError):
        in_room("fail")
    assert text_of(in_room("fail", "Bob: I am Bob, played by the")).startswith("I am Alice,")


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
