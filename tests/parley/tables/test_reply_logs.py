"""The log of a reply: written once at each place, read from anywhere, ended by one of three."""

import pytest

from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyFailed,
    ReplyStarted,
    TextDelta,
    ThinkingDelta,
    ToolCalled,
    ToolReturned,
    Usage,
)
from parley.domain.ids import CONVERSATION, new_id, new_message_id
from parley.domain.reply_logs import LogPage, LogSealedError
from tests.fakes.threads import all_at_once

REPLY = new_message_id(new_id(CONVERSATION))
OTHER = new_message_id(new_id(CONVERSATION))
DONE = ReplyDone(
    message_id=REPLY,
    token_count=7,
    usage=Usage(prompt_tokens=3, completion_tokens=7),
    finish_reason=FinishReason.TOOL_LIMIT,
)
FAILED = ReplyFailed(content="no", type="model_rejected", usage=Usage(prompt_tokens=3, completion_tokens=1))
EVERY_KIND = [
    ReplyStarted(message_id=REPLY, user_message_id="msg_question", model="glm-5"),
    ThinkingDelta("嗯"),
    TextDelta("a \u0000 \U0001f600 \\ \" '"),
    ToolCalled(id="1", name="double", arguments={"number": 1.5, "list": [None, True, {"a": "b"}]}),
    ToolReturned(id="1", name="double", success=True, content='{"result": 3}', duration_ms=12),
    DONE,
]


def texts(*contents):
    return [TextDelta(content) for content in contents]


def told(page: LogPage):
    return [(number, event.content) for number, event in page.events]


def test_what_is_appended_is_read_again_with_its_numbers(stores):
    assert stores.log.append(REPLY, 1, EVERY_KIND[:4]) is False
    assert stores.log.append(REPLY, 5, EVERY_KIND[4:]) is False
    page = stores.log.read(REPLY)
    assert list(page.events) == list(enumerate(EVERY_KIND, start=1))
    assert page.is_ended
    assert not page.is_sealed


@pytest.mark.parametrize("after", range(8))
def test_a_reader_gets_just_what_it_misses_also_from_within_a_chunk(stores, after):
    stores.log.append(REPLY, 1, texts("a", "b", "c"))
    stores.log.append(REPLY, 4, texts("d"))
    stores.log.append(REPLY, 5, texts("e", "f"))
    assert told(stores.log.read(REPLY, after=after)) == list(enumerate("abcdef", start=1))[after:]


def test_a_log_that_nobody_wrote_is_empty_and_not_ended(stores):
    page = stores.log.read(OTHER, after=3)
    assert (list(page.events), page.is_ended) == ([], False)


def test_a_write_that_is_repeated_counts_once(stores):
    for _ in range(2):
        assert stores.log.append(REPLY, 1, texts("a", "b")) is False
    assert told(stores.log.read(REPLY)) == [(1, "a"), (2, "b")]


def test_a_writer_sees_with_its_next_write_that_an_end_is_wanted_and_loses_nothing(stores):
    stores.log.append(REPLY, 1, texts("a"))
    assert stores.log.request_stop(REPLY) is True
    assert stores.log.request_stop(REPLY) is True
    assert told(stores.log.read(REPLY)) == [(1, "a")]
    assert stores.log.append(REPLY, 2, texts("b")) is True
    assert stores.log.append(REPLY, 3, [DONE]) is False
    assert [number for number, _ in stores.log.read(REPLY).events] == [1, 2, 3]


def test_a_writer_that_is_silent_can_ask_whether_an_end_is_wanted(stores):
    assert stores.log.is_stop_requested(REPLY, 1) is False
    stores.log.request_stop(REPLY)
    assert stores.log.is_stop_requested(REPLY, 1) is True


@pytest.mark.parametrize("last", [DONE, FAILED])
def test_what_has_ended_cannot_be_stopped_and_is_not_sealed(stores, last):
    stores.log.append(REPLY, 1, [*texts("a"), last])
    assert stores.log.request_stop(REPLY) is False
    sealed = stores.log.seal(REPLY)
    assert list(sealed.events) == [(1, TextDelta("a")), (2, last)]
    assert (sealed.is_sealed, sealed.is_ended) == (False, True)


@pytest.mark.parametrize("is_stop_wanted", [False, True])
def test_a_sealed_log_takes_no_further_event(stores, is_stop_wanted):
    stores.log.append(REPLY, 1, texts("a", "b"))
    if is_stop_wanted:
        stores.log.request_stop(REPLY)
    sealed = stores.log.seal(REPLY)
    assert told(sealed) == [(1, "a"), (2, "b")]
    assert sealed.is_sealed
    with pytest.raises(LogSealedError):
        stores.log.append(REPLY, 3, texts("c"))
    with pytest.raises(LogSealedError):
        stores.log.is_stop_requested(REPLY, 3)
    assert stores.log.request_stop(REPLY) is False
    assert stores.log.read(REPLY) == stores.log.seal(REPLY) == sealed


@pytest.mark.parametrize("is_stop_wanted", [False, True])
def test_a_log_that_was_not_begun_is_sealed_behind_its_beginning(stores, is_stop_wanted):
    if is_stop_wanted:
        stores.log.request_stop(REPLY)
    sealed = stores.log.seal(REPLY, beginning=EVERY_KIND[0])
    assert sealed == LogPage(events=((1, EVERY_KIND[0]),), length=1, is_sealed=True)
    assert stores.log.read(REPLY) == stores.log.seal(REPLY, beginning=EVERY_KIND[0]) == sealed
    with pytest.raises(LogSealedError):
        stores.log.append(REPLY, 1, EVERY_KIND[:2])


def test_a_log_that_was_begun_keeps_its_own_beginning(stores):
    stores.log.append(REPLY, 1, texts("a"))
    assert told(stores.log.seal(REPLY, beginning=EVERY_KIND[0])) == [(1, "a")]


def test_of_several_who_seal_what_was_not_begun_all_get_the_same(stores):
    pages = all_at_once([lambda: stores.log.seal(REPLY, beginning=EVERY_KIND[0])] * 6)
    assert {page.length for page in pages} == {1}
    assert [number for number, _ in stores.log.read(REPLY).events] == [1]


def test_a_reader_behind_the_end_learns_that_it_is_the_end(stores):
    stores.log.append(REPLY, 1, texts("a", "b"))
    stores.log.seal(REPLY)
    stores.log.append(OTHER, 1, [*texts("a"), DONE])
    for after in (2, 3, 4):
        assert stores.log.read(REPLY, after=after) == LogPage(length=2, is_sealed=True)
        assert stores.log.read(OTHER, after=after) == LogPage(length=2)


def test_of_writer_and_sealers_at_once_either_all_is_kept_or_nothing_more(stores):
    stores.log.append(REPLY, 1, texts("a"))
    *_, written = all_at_once(
        [*[lambda: stores.log.seal(REPLY)] * 4, lambda: stores.log.append(REPLY, 2, [DONE])]
    )
    page = stores.log.read(REPLY)
    assert page.is_ended
    assert len(page.events) == (1 if isinstance(written, LogSealedError) else 2)
    assert page.is_sealed == isinstance(written, LogSealedError)


def test_a_discarded_log_is_gone(stores):
    stores.log.append(REPLY, 1, texts("a"))
    stores.log.append(REPLY, 2, texts("b"))
    stores.log.discard(REPLY)
    assert list(stores.log.read(REPLY).events) == []


def test_a_reader_reads_on_from_where_the_log_is_also_if_the_writer_told_it_more(stores):
    stores.log.append(REPLY, 1, texts("a", "b"))
    page = stores.log.read(REPLY, after=4)
    assert (told(page), page.place) == ([], 3)
    stores.log.append(REPLY, 3, texts("c", "d", "e", "f"))
    page = stores.log.read_on(REPLY, page, after=4)
    assert (told(page), page.place) == ([(5, "e"), (6, "f")], 7)
    stores.log.request_stop(REPLY)
    page = stores.log.read_on(REPLY, page, after=6)
    assert (told(page), page.place, page.is_ended) == ([], 7, False)
    stores.log.append(REPLY, 7, [*texts("g"), DONE])
    page = stores.log.read_on(REPLY, page, after=6)
    assert ([number for number, _ in page.events], page.length) == ([7, 8], 8)
