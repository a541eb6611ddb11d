import asyncio
import socket
import threading

import pytest

from parley.gateways.guarded_resolver import resolve


def answering(*addresses):
    def getaddrinfo(host, port, type):
        return [(socket.AF_INET, type, 6, "", (address, port)) for address in addresses]

    return getaddrinfo


def test_each_address_of_a_name_is_told_once_and_in_the_system_s_order(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answering("192.0.2.2", "192.0.2.1", "192.0.2.2"))
    assert asyncio.run(resolve("good.example", 80)) == ["192.0.2.2", "192.0.2.1"]


def test_a_name_that_the_system_does_not_know_is_an_error(monkeypatch):
    def unknown(host, port, type):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(socket.gaierror):
        asyncio.run(resolve("unknown.example", 80))


def test_the_loop_may_end_before_the_name_server_answers(monkeypatch):
    answered = threading.Event()
    lookup = answering("192.0.2.1")

    def late(host, port, type):
        assert answered.wait(5)
        return lookup(host, port, type)

    monkeypatch.setattr(socket, "getaddrinfo", late)

    async def give_up() -> threading.Thread:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await resolve("slow.example", 80)
        [thread] = [thread for thread in threading.enumerate() if thread.name == "resolver"]
        return thread

    thread = asyncio.run(give_up())
    answered.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_loopback_name_is_resolved_for_real():
    assert set(asyncio.run(resolve("127.0.0.1", 80))) == {"127.0.0.1"}
