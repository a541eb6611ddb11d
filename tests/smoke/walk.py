"""The walk: register, conversation, reply, agents, tools, room; then it tidies up behind itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.smoke.room_socket import RoomSocket, room_socket, socket_url
from tests.smoke.visitor import SmokeError, Visitor

QUESTION = "What is 12 * (3 + 4)?"
ANSWER = "84"
TOOLS = 11


class Walk:
    """`tell` is given a line for each step that went well.

    `socket_api` is the WebSocket API's own address, for a deployment without an edge.
    """

    def __init__(
        self,
        base_url: str,
        *,
        socket_api: str | None = None,
        tell: Callable[[str], None] = print,
    ) -> None:
        self._base_url = base_url
        self._socket_api = socket_api
        self._tell = tell
        self._visitor = Visitor(base_url)

    def run(self) -> None:
        """Raises `SmokeError`, or an `httpx` or `websockets` error for what cannot be reached.

        The account itself stays: the API has no way to remove one.
        """
        try:
            self._health()
            self._tell(f"registered and logged in as {self._visitor.register()}")
            with self._conversation() as conversation_id:
                self._reply(conversation_id)
            self._tool()
            with self._agent("Skipper") as skipper, self._agent("Mate") as mate:
                self._room(skipper, mate)
            self._visitor.call("POST", "/api/auth/logout")
            self._visitor.call("GET", "/api/auth/me", 401)
            self._tell("logged out")
        finally:
            self._visitor.close()

    def _health(self) -> None:
        health = self._visitor.call("GET", "/api/health")
        self._tell(f"healthy: version {health['version']}, stage {health['stage']}")

    @contextmanager
    def _conversation(self) -> Iterator[str]:
        conversation = self._visitor.call("POST", "/api/conversations", 201, {"title": "Smoke"})
        path = f"/api/conversations/{conversation['id']}"
        _expect("a conversation's title", self._visitor.call("GET", path)["title"], "Smoke")
        self._tell("conversation created")
        yield conversation["id"]
        self._visitor.call("DELETE", path)
        self._visitor.call("GET", path, 404)

    def _reply(self, conversation_id: str) -> None:
        body = {"conversation_id": conversation_id, "content": QUESTION}
        events = list(self._visitor.stream("/api/messages/stream", body))
        names = [name for name, _ in events]
        _expect("a stream's first and last event", (names[0], names[-1]), ("start", "done"))
        text = "".join(data["content"] for name, data in events if name == "text")
        listed = self._visitor.call("GET", f"/api/messages/{conversation_id}")["items"]
        _expect("the reply in the list", listed[-1]["content"], text)
        self._tell(f"reply streamed in {names.count('text')} pieces, and stored")

    def _tool(self) -> None:
        _expect("the number of tools", self._visitor.call("GET", "/api/tools")["total"], TOOLS)
        path, expression = "/api/tools/calculator/execute", {"expression": "12 * (3 + 4)"}
        outcome = self._visitor.call("POST", path, 200, expression)
        _expect("the calculator's success", outcome["success"], True)
        self._tell("tool executed")

    @contextmanager
    def _agent(self, name: str) -> Iterator[str]:
        agent = self._visitor.call("POST", "/api/agents", 201, {"name": name})
        self._tell(f"agent {name} created")
        yield agent["id"]
        self._visitor.call("DELETE", f"/api/agents/{agent['id']}")

    def _room(self, *agent_ids: str) -> None:
        body = {"name": "Smoke", "agent_ids": list(agent_ids)}
        room_id = self._visitor.call("POST", "/api/chat-rooms", 201, body)["id"]
        url = socket_url(self._base_url, room_id, at_gateway=self._socket_api)
        with room_socket(url, token=self._visitor.token) as socket:
            self._talk(socket, agent_ids[0])
        listed = self._visitor.call("GET", f"/api/chat-rooms/{room_id}/messages")["items"]
        _expect("the room's messages", [each["sender_type"] for each in listed], ["user", "agent"])
        if ANSWER not in listed[-1]["content"]:
            raise SmokeError(f"the agent did not tell the result {ANSWER}: {listed[-1]['content'][:300]}")
        self._visitor.call("DELETE", f"/api/chat-rooms/{room_id}")

    def _talk(self, socket: RoomSocket, agent_id: str) -> None:
        """Only the agent that is mentioned answers."""
        opening = [name for name, _ in socket.until("agents")]
        _expect("what a socket begins with", opening, ["connected", "history", "agents"])
        socket.send(action="send_message", content=QUESTION, mentions=[agent_id], client_id="smoke-1")
        events = socket.until("done")
        _expect("who answered", events[-1][1]["agent_id"], agent_id)
        steps = [data["type"] for name, data in events if name == "process_step"]
        self._tell(f"agent answered in a room: {len(steps)} steps, {steps.count('tool_call')} tool calls")


def _expect(what: str, found: object, due: object) -> None:
    if found != due:
        raise SmokeError(f"{what}: {found!r} instead of {due!r}")
