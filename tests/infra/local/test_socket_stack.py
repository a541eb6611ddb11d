"""The WebSocket API in the whole stack, with a function that answers through the connections API."""

from pathlib import Path

from tests.e2e.sockets import refused_status, room_socket
from tests.e2e.stack import started_stack
from tests.infra.local.socket_stack import write_project


def test_a_function_answers_over_the_socket_and_is_told_when_the_stack_stops(tmp_path: Path) -> None:
    write_project(tmp_path)
    environment = {"PARLEY_TEST_PROJECT": str(tmp_path)}
    module = "tests.infra.local.socket_stack"
    with started_stack(tmp_path / "data", environment, module=module) as stack:
        assert refused_status(stack.url, "room_2") == 403
        with room_socket(stack.url, "room_1", token="secret") as socket:
            for text in ("Hello", "你好"):
                socket.send("say", content=text)
                assert socket.wait_for("said") == text
            socket.send("fail")
            assert socket.wait_for("gateway")["message"] == "Internal server error"
            assert socket.named("said") == ["Hello", "你好"]
            stack.stop()
            assert socket.closed() == (1001, "Going away")
        output = stack.output.read_text()
        assert "told of the end: 1001" in output
        assert "secret" not in output
