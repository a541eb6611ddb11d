"""The WebSocket API in the whole stack, with a function that answers through the connections API."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.e2e.stack import started_stack
from tests.infra.local.socket_stack import write_project


def test_a_function_answers_over_the_socket_and_is_told_when_the_stack_stops(tmp_path: Path) -> None:
    write_project(tmp_path)
    environment = {"PARLEY_TEST_PROJECT": str(tmp_path)}
    module = "tests.infra.local.socket_stack"
    with started_stack(tmp_path / "data", environment, module=module) as stack:
        url = f"ws://{urlsplit(stack.url).netloc}/ws/chat-room"
        with pytest.raises(InvalidStatus, match="403"), connect(f"{url}/room_2", proxy=None):
            pass
        with connect(f"{url}/room_1?token=secret", proxy=None) as client:
            client.send("Hello. ")
            assert client.recv(timeout=30) == "Hello. Hello. "
            stack.stop()
            with pytest.raises(ConnectionClosed) as caught:
                client.recv(timeout=30)
            assert caught.value.rcvd is not None
            assert caught.value.rcvd.code == 1001
        output = stack.output.read_text()
        assert "told of the end: 1001" in output
        assert "secret" not in output
        assert "Traceback" not in output
