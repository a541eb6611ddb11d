"""A full room: three people on two tabs each, two hosted agents, an external one, and one order for all."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.client import Person, eventually
from tests.e2e.room_people import PeopledRoom, say
from tests.e2e.sockets import RoomSocket
from tests.e2e.stack import RunningStack

HOSTED = ("Ann", "Ben")


@pytest.fixture
def crew(stack: RunningStack, person: Person) -> Iterator[PeopledRoom]:
    agents = [person.data("POST", "/api/agents", json={"name": name})["id"] for name in HOSTED]
    room = PeopledRoom(stack, person, agent_ids=agents)
    yield room
    room.close()


@pytest.fixture
def scout(crew: PeopledRoom) -> RoomSocket:
    agent = crew.owner.data("POST", "/api/agents", json={"name": "Scout", "kind": "external"})
    key = crew.owner.data("POST", f"/api/agents/{agent['id']}/key")["key"]
    crew.owner.data("POST", f"{crew.path}/agents", json={"agent_id": agent["id"]})
    return crew.connect(key)


def answered(socket: RoomSocket) -> list[str]:
    """The agents that are done, in order."""
    names = {each["sender_id"]: each["sender_name"] for each in socket.named("message")}
    return [names[done["agent_id"]] for done in socket.named("done")]


def text_of(socket: RoomSocket, message_id: str) -> str:
    steps = [each for each in socket.named("process_step") if each["message_id"] == message_id]
    return "".join(each["delta"] for each in steps if each["type"] == "text")


def test_all_are_told_the_same_in_the_same_order(
    crew: PeopledRoom, scout: RoomSocket, http: httpx.Client
) -> None:
    people = [crew.owner, *(crew.let_in(Person.register(http)) for _ in range(2))]
    tabs = [[crew.connect(each.token) for _ in range(2)] for each in people]
    everybody = [*(tab for of_one in tabs for tab in of_one), scout]
    asked = ["@Ann what is 2 + 3?", "@Ben what is 4 * 5?", "@Scout are you there?"]

    def speak(tab: RoomSocket, question: str) -> None:
        say(tab, question)

    threads = [
        threading.Thread(target=speak, args=(of_one[0], question))
        for of_one, question in zip(tabs, asked, strict=True)
    ]
    for thread in threads:
        thread.start()
    scout.wait_for("message", lambda message: "@Scout" in message["content"])
    scout.send("send_message", content="I am.")
    for thread in threads:
        thread.join()
    for socket in everybody:
        eventually(lambda socket=socket: len(socket.named("done")) == 2)
        eventually(lambda socket=socket: len(socket.named("message")) == 6)

    stored = crew.messages()
    orders = [[message["id"] for message in socket.named("message")] for socket in everybody]
    assert orders == [[message["id"] for message in stored]] * len(everybody)
    assert orders[0] == sorted(orders[0])
    assert {tuple(answered(socket)) for socket in everybody} in ({("Ann", "Ben")}, {("Ben", "Ann")})
    _hold_the_replies_to(stored, everybody)


def _hold_the_replies_to(stored: list[dict[str, Any]], everybody: list[RoomSocket]) -> None:
    """What came in steps is what is stored, and only agents that were asked have answered."""
    replies = [message for message in stored if message["sender_name"] in HOSTED]
    assert len(replies) == 2
    for reply in replies:
        assert reply["status"] == "complete"
        assert ("5" if reply["sender_name"] == "Ann" else "20") in reply["content"]
        assert {text_of(socket, reply["id"]) for socket in everybody} == {reply["content"]}
