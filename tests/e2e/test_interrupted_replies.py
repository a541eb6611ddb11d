"""Functions that end in mid-reply: killed, out of time, or soon to be. Their time and the lease are short."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.e2e.client import Event, Person, eventually, text_of
from tests.e2e.rooms import open_room, texts_of
from tests.e2e.stack import RunningStack, running_stack

LONG = "Give me a long answer"
LEASE_SECONDS = 2

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="workers are found in /proc")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    settings = {"PARLEY_REPLY_LEASE_SECONDS": str(LEASE_SECONDS)}
    with running_stack(tmp_path_factory.mktemp("impatient"), settings, module="tests.e2e.impatient") as stack:
        yield stack


def kill_workers(stack: RunningStack, function: str = "messages") -> None:
    """Until the stack knows: it hands no request to an idle one that it takes for alive."""
    killed = stack.worker_pids(function)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in killed))


@pytest.fixture
def signal_writer(stack: RunningStack) -> Callable[[signal.Signals], None]:
    """Signals the only worker that runs: the one that takes the test's first request."""
    kill_workers(stack)

    def send(number: signal.Signals) -> None:
        (writer,) = stack.worker_pids("messages")
        os.kill(writer, number)

    return send


def told_until_cut(stream: Iterator[Event]) -> list[Event]:
    events = []
    with pytest.raises(httpx.RemoteProtocolError):
        events.extend(iter(lambda: next(stream), None))
    return events


def begin(stream: Iterator[Event]) -> list[Event]:
    """So many events that some of them are logged."""
    return [next(stream) for _ in range(30)]


def assert_interrupted(person: Person, conversation: str, told: list[Event]) -> None:
    """The reply is what its log holds, everybody is told so, and the conversation goes on."""
    assert [event.id for event in told] == list(range(1, len(told) + 1))
    assert (told[-1].name, told[-1].data["type"]) == ("error", "interrupted")
    question, reply = person.messages(conversation)
    assert (question["content"], reply["status"]) == (LONG, "interrupted")
    assert reply["content"] == text_of(told) != ""
    used = person.data("GET", "/api/usage")["total"]
    assert (used["replies"], used["completion_tokens"]) == (1, reply["token_count"])
    assert list(person.stream(conversation, "Hello"))[-1].name == "done"
    assert person.data("GET", f"/api/conversations/{conversation}")["message_count"] == 4
    assert person.data("GET", f"/api/messages/{conversation}")["total"] == 4


def test_a_killed_function_leaves_what_it_had_logged_and_a_repeat_under_the_key_tells_of_it(
    person: Person, signal_writer: Callable[[signal.Signals], None]
) -> None:
    conversation, key = person.open_conversation(), {"Idempotency-Key": "key-1"}
    stream = person.stream(conversation, LONG, headers=key)
    seen = begin(stream)
    signal_writer(signal.SIGKILL)
    seen += told_until_cut(stream)
    assert person.messages(conversation)[-1]["status"] in ("streaming", "interrupted")

    told = list(person.stream(conversation, LONG, headers=key))

    both = min(len(seen), len(told) - 1)
    assert [event.data for event in seen[:both]] == [event.data for event in told[:both]]
    assert_interrupted(person, conversation, told)


def test_who_follows_learns_that_the_writer_has_died(
    person: Person, signal_writer: Callable[[signal.Signals], None], stack: RunningStack
) -> None:
    conversation = person.open_conversation()
    stream = person.stream(conversation, LONG)
    reply = next(stream).data["message_id"]
    (writer,) = stack.worker_pids("messages")
    follower = person.follow(reply)
    told = begin(follower)
    os.kill(writer, signal.SIGKILL)
    told_until_cut(stream)

    told += list(follower)

    assert_interrupted(person, conversation, told)
    last = person.request("GET", f"/api/messages/{reply}/events", params={"after": told[-1].id})
    assert last.status_code == 204


def test_a_function_that_runs_out_of_time_is_no_different(
    person: Person, signal_writer: Callable[[signal.Signals], None], stack: RunningStack
) -> None:
    conversation = person.open_conversation()
    stream = person.stream(conversation, LONG)
    seen = begin(stream)
    signal_writer(signal.SIGSTOP)
    seen += told_until_cut(stream)
    assert "Task timed out" in stack.output.read_text()

    assert_interrupted(person, conversation, list(person.follow(seen[0].data["message_id"])))


def test_a_send_repeated_under_its_key_waits_for_the_end_of_the_interrupted_reply(
    person: Person, stack: RunningStack
) -> None:
    conversation = person.open_conversation()

    def send() -> httpx.Response:
        body, key = {"conversation_id": conversation, "content": LONG}, {"Idempotency-Key": "key-1"}
        return person.request("POST", "/api/messages", json=body, headers=key)

    with ThreadPoolExecutor(1) as pool:
        first: Future[httpx.Response] = pool.submit(send)
        eventually(lambda: len(person.messages(conversation)) == 2)
        kill_workers(stack)
        assert (first.result().status_code, first.result().json()["type"]) == (502, "bad_gateway")

    repeated = send()

    assert (repeated.status_code, repeated.json()["type"]) == (502, "interrupted")
    assert repeated.headers["idempotency-replayed"] == "true"
    assert [message["status"] for message in person.messages(conversation)] == ["complete", "interrupted"]


def test_a_reply_that_takes_longer_than_its_function_may_is_brought_to_an_end(
    person: Person, stack: RunningStack
) -> None:
    conversation = person.open_conversation()
    printed_before = len(stack.output.read_text())

    *told, last = person.stream(conversation, LONG)

    assert (last.name, last.data["finish_reason"]) == ("done", "length")
    reply = person.messages(conversation)[-1]
    assert (reply["status"], reply["content"]) == ("complete", text_of(told))
    assert 0 < last.data["token_count"] == reply["token_count"]
    assert "Task timed out" not in stack.output.read_text()[printed_before:]


def test_a_turn_in_a_room_whose_runner_is_killed_goes_on_with_the_next_agent(
    person: Person, stack: RunningStack
) -> None:
    room = open_room(stack.url, person, "Ann", "Ben")
    with room.socket() as socket:
        socket.send("send_message", content=LONG)
        step = socket.wait_for("process_step", lambda data: data["offset"] > 200)
        kill_workers(stack, "agent_turns")
        error = socket.wait_for("error")
        assert (error["type"], error["message_id"]) == ("interrupted", step["message_id"])
        socket.wait_for("process_step", lambda data: data["agent_id"] == room.agents["Ben"])
        socket.send("stop")
        socket.wait_for("system", lambda data: data["type"] == "stopped")
        told = texts_of(socket.events)
    _, *replies = room.messages()
    assert room.said() == [(person.username, "complete"), ("Ann", "interrupted"), ("Ben", "stopped")]
    assert {reply["id"]: reply["content"] for reply in replies} == told
    assert person.data("GET", "/api/usage")["total"]["replies"] == 2
