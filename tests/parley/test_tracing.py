"""Parts of a trace, as X-Ray's daemon receives them."""

import json
import socket

import pytest

from parley.tracing import traced

TRACE = "Root=1-68c0ffee-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1;Lineage=1:2:3"


@pytest.fixture
def daemon(monkeypatch):
    """What it has received so far, read."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{receiver.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", TRACE)

        def received():
            parts = []
            while True:
                try:
                    header, part = receiver.recv(65_536).split(b"\n", 1)
                except BlockingIOError:
                    return parts
                assert json.loads(header) == {"format": "json", "version": 1}
                parts.append(json.loads(part))

        yield received


def test_a_part_lies_in_the_trace_of_the_invocation(daemon):
    with traced("model", model="a-model"):
        assert daemon() == []

    (part,) = daemon()
    assert (part["type"], part["name"], part["annotations"]) == ("subsegment", "model", {"model": "a-model"})
    assert part["trace_id"] == "1-68c0ffee-0123456789abcdef01234567"
    assert part["parent_id"] == "0123456789abcdef"
    assert len(part["id"]) == 16
    assert part["start_time"] <= part["end_time"]
    assert part["fault"] is False


def test_a_failure_is_a_fault_and_goes_on(daemon):
    with pytest.raises(ValueError, match="of the model"), traced("model"):
        raise ValueError("of the model")

    assert [part["fault"] for part in daemon()] == [True]


def test_a_listener_who_leaves_is_no_fault(daemon):
    def streaming():
        with traced("model"):
            yield 1
            yield 2

    stream = streaming()
    next(stream)
    stream.close()

    assert [part["fault"] for part in daemon()] == [False]


@pytest.mark.parametrize("header", ["", TRACE.replace("Sampled=1", "Sampled=0"), "Sampled=1", "nonsense"])
def test_what_is_no_sample_is_not_sent(daemon, monkeypatch, header):
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    with traced("model"):
        pass
    assert daemon() == []


@pytest.mark.parametrize("address", ["", "nowhere", "127.0.0.1:none", "127.0.0.1:1"])
def test_a_daemon_that_is_not_there_disturbs_nobody(daemon, monkeypatch, address):
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    with traced("model"):
        pass
    assert daemon() == []
