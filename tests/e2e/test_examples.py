"""The examples that the README shows: an external agent in Python, and a room in a browser or in node."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.e2e.client import Person
from tests.e2e.cut_proxy import cut_proxy
from tests.e2e.sockets import RoomSocket, room_socket
from tests.e2e.stack import RunningStack

PROJECT = Path(__file__).resolve().parents[2]
SECONDS = 30
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FILES = {"/room.js": PROJECT / "examples/room.js", "/room_page.js": Path(__file__).parent / "room_page.js"}


@pytest.fixture
def room_id(person: Person) -> str:
    created: str = person.data("POST", "/api/chat-rooms", json={"name": "Harbour"})["id"]
    return created


@pytest.fixture
def watcher(stack: RunningStack, person: Person, room_id: str) -> Iterator[RoomSocket]:
    with room_socket(stack.url, room_id, token=person.token) as socket:
        socket.wait_for("agents")
        yield socket


@contextmanager
def running(command: list[str | Path], environment: dict[str, str]) -> Iterator[None]:
    """To the end of the test, with whatever it starts."""
    environment = {"PATH": os.environ["PATH"], **environment}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def say(watcher: RoomSocket, content: str) -> None:
    watcher.send("send_message", content=content)
    watcher.wait_for("message", lambda message: message["content"] == content)


def test_the_external_agent_answers_and_comes_back_to_what_it_missed(
    stack: RunningStack, person: Person, room_id: str, watcher: RoomSocket
) -> None:
    scout = person.data("POST", "/api/agents", json={"name": "Scout", "kind": "external"})["id"]
    person.data("POST", f"/api/chat-rooms/{room_id}/agents", json={"agent_id": scout})
    key = person.data("POST", f"/api/agents/{scout}/key")["key"]
    target = urlsplit(stack.url)
    with cut_proxy(target.hostname or "", target.port or 0) as proxy:
        room = f"ws://127.0.0.1:{proxy.port}/ws/chat-room/{room_id}"
        command = [sys.executable, PROJECT / "examples/external_agent.py"]
        with running(command, {"PARLEY_ROOM": room, "PARLEY_AGENT_KEY": key}):
            watcher.wait_for("system", lambda notice: notice["type"] == "agent_join")
            say(watcher, "Nobody is asked.")
            say(watcher, "@Scout are you there?")
            answer = watcher.wait_for("message", lambda message: message["sender_id"] == scout)
            assert answer["content"] == f"Here I am, {person.username}."
            proxy.cut()
            say(watcher, "@Scout what have you missed?")
            watcher.wait_for("message", lambda message: message["sender_id"] == scout)
    assert [message["sender_id"] for message in watcher.named("message")].count(scout) == 2


@contextmanager
def page_server() -> Iterator[tuple[str, Queue[dict[str, Any]]]]:
    """Serves what a browser loads, and takes what the page reports."""
    reports: Queue[dict[str, Any]] = Queue()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = FILES.get(self.path)
            body = file.read_bytes() if file else PAGE.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if file else "text/html")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", reports
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


PAGE = """\
<!doctype html>
<title>Room</title>
<script type="module">
  import { joinRoom } from "/room.js";
  import { play } from "/room_page.js";
  play(joinRoom, Object.fromEntries(new URLSearchParams(location.search)));
</script>
"""


def in_node(options: dict[str, str], _: str, __: Path) -> list[str | Path]:
    """The same modules without a browser, on any machine."""
    room, page = (path.as_uri() for path in FILES.values())
    script = f"""
        import {{ joinRoom }} from {json.dumps(room)};
        import {{ play }} from {json.dumps(page)};
        await play(joinRoom, {json.dumps(options)});
    """
    return [Path(sys.executable).parent / "node", "--input-type=module", "--eval", script]


def in_chromium(options: dict[str, str], server: str, profile: Path) -> list[str | Path]:
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
    # It knows no other machine, whatever it would like to look up.
    known = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    flags += ["--disable-background-networking", f"--host-resolver-rules={known}"]
    return [CHROMIUM or "", *flags, f"--user-data-dir={profile}", f"{server}/?{urlencode(options)}"]


@pytest.mark.parametrize(
    "command_of",
    [
        in_node,
        pytest.param(
            in_chromium, marks=pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
        ),
    ],
)
def test_the_room_of_a_page_survives_a_lost_connection(
    stack: RunningStack, person: Person, room_id: str, watcher: RoomSocket, tmp_path: Path, command_of: Any
) -> None:
    url = f"ws://{urlsplit(stack.url).netloc}/ws/chat-room/{room_id}"
    with page_server() as (server, reports):
        options = {"url": url, "token": person.token, "report": f"{server}/report"}
        with running(command_of(options, server, tmp_path), {"HOME": str(tmp_path)}):
            watcher.wait_for("message", lambda message: message["content"] == "hello from a page")
            assert reports.get(timeout=SECONDS) == {"stage": "said"}
            say(watcher, "the end")
            end = reports.get(timeout=SECONDS)
    assert end == {"stage": "end", "seen": ["hello from a page", "the end"], "sockets": 2}
