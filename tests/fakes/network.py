"""Name servers and networks of a test's own: no name is resolved, and nobody is connected to, for real."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from socket import gaierror

import httpcore

_GREETING = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


class FakeResolver:
    """Each name's addresses; a list of lists gives another answer each time, the last one again and again."""

    def __init__(self, names: Mapping[str, Sequence[str] | Sequence[Sequence[str]]]) -> None:
        self._answers = {
            name: [list(answer) for answer in answers] if isinstance(answers[0], list) else [list(answers)]
            for name, answers in names.items()
        }
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        with suppress(ValueError):
            return [str(ip_address(host))]
        try:
            answers = self._answers[host]
        except KeyError:
            raise gaierror(-2, "Name or service not known") from None
        return answers.pop(0) if len(answers) > 1 else answers[0]


class FakeNetwork(httpcore.AsyncNetworkBackend):
    """Notes whom it is to connect to; `answers` gives the raw answer of an address, else a greeting.

    An address in `dead` refuses the connection.
    """

    def __init__(self, answers: Mapping[str, bytes] | None = None, dead: Iterable[str] = ()) -> None:
        self.connections: list[tuple[str, int]] = []
        self._answers = answers or {}
        self._dead = frozenset(dead)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the base's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connections.append((host, port))
        if host in self._dead:
            raise httpcore.ConnectError("refused")
        return httpcore.AsyncMockStream([self._answers.get(host, _GREETING)])
