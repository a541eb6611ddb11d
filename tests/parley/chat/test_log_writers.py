"""The writer of a log: few writes, no event twice, and an ear for whoever wants an end."""

import asyncio

import pytest

from parley.chat.log_writers import FLUSH_CHARACTERS, Demand, LogWriter
from parley.domain.events import FinishReason, ReplyDone, TextDelta, Usage
from parley.domain.reply_logs import LogSealedError
from tests.fakes.mortality import Life, Mortal
from tests.fakes.reply_logs import InMemoryReplyLog

pytestmark = pytest.mark.anyio

REPLY = "msg_reply"
DONE = ReplyDone(message_id=REPLY, token_count=0, usage=Usage(), finish_reason=FinishReason.STOP)


@pytest.fixture
def log():
    return InMemoryReplyLog()


@pytest.fixture
def _hasty(monkeypatch):
    monkeypatch.setattr("parley.chat.log_writers.FLUSH_SECONDS", 0.001)
    monkeypatch.setattr("parley.chat.log_writers._PAUSES_SECONDS", (0, 0))


def events_in(log):
    return [event for _, event in log.read(REPLY).events]


@pytest.mark.usefixtures("one_log_write")
async def test_what_comes_together_is_written_together(log):
    life = Life()
    writer = LogWriter(Mortal("log", log, life), REPLY)
    writer.start()
    for number in range(50):
        writer.add(TextDelta(f"{number} "))
    await writer.finish(DONE)
    assert life.log == ["log.append"]
    assert events_in(log) == [*[TextDelta(f"{number} ") for number in range(50)], DONE]


@pytest.mark.usefixtures("one_log_write")
async def test_much_text_does_not_wait(log):
    life = Life()
    written = life.nth("log.append", 1)
    writer = LogWriter(Mortal("log", log, life), REPLY)
    writer.start()
    writer.add(TextDelta("x" * FLUSH_CHARACTERS))
    assert await asyncio.to_thread(written.wait, 10)
    await writer.finish(DONE)


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("is_talking", [True, False])
async def test_somebody_who_wants_an_end_is_heard_in_speech_and_in_silence(log, is_talking):
    writer = LogWriter(log, REPLY)
    demand = writer.start()
    writer.add(TextDelta("a"))
    log.request_stop(REPLY)
    if is_talking:
        writer.add(TextDelta("b"))
    assert await asyncio.wait_for(demand, 10) is Demand.STOP
    await writer.finish(DONE)
    assert events_in(log)[0] == TextDelta("a")
    assert events_in(log)[-1] == DONE


@pytest.mark.usefixtures("_hasty")
async def test_a_writer_that_was_taken_for_dead_learns_it_and_writes_nothing_more(log):
    writer = LogWriter(log, REPLY)
    demand = writer.start()
    log.seal(REPLY)
    assert await asyncio.wait_for(demand, 10) is Demand.GIVE_UP
    writer.add(TextDelta("a"))
    with pytest.raises(LogSealedError):
        await writer.finish(DONE)
    assert events_in(log) == []


@pytest.mark.usefixtures("_hasty")
async def test_a_table_that_is_out_of_order_for_a_moment_costs_no_event(log):
    life = Life()
    life.fail("log.append", times=4)
    writer = LogWriter(Mortal("log", log, life), REPLY)
    writer.start()
    expected = [TextDelta(str(number)) for number in range(20)]
    for event in expected:
        writer.add(event)
        await asyncio.sleep(0.001)
    await writer.finish(DONE)
    assert events_in(log) == [*expected, DONE]


@pytest.mark.usefixtures("_hasty")
async def test_a_write_whose_answer_was_lost_is_repeated_as_it_was(log):
    class Forgetful:
        """Does what it is told, and then fails to say so."""

        def __init__(self):
            self.calls = 0

        def append(self, *arguments):
            self.calls += 1
            answer = log.append(*arguments)
            if self.calls % 2:
                raise ConnectionError
            return answer

        def is_stop_requested(self, *_):
            return False

    writer = LogWriter(Forgetful(), REPLY)
    writer.start()
    expected = [TextDelta(str(number)) for number in range(20)]
    for event in expected:
        writer.add(event)
        await asyncio.sleep(0.001)
    await writer.finish(DONE)
    assert events_in(log) == [*expected, DONE]


@pytest.mark.usefixtures("_hasty")
async def test_an_end_that_cannot_be_written_at_all_is_a_failure(log):
    life = Life()
    life.fail("log.append", times=100)
    writer = LogWriter(Mortal("log", log, life), REPLY)
    writer.start()
    with pytest.raises(RuntimeError):
        await writer.finish(DONE)
