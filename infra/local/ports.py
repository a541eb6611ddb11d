"""The listening sockets, taken before anything else is started."""

import contextlib
import errno
import socket

from infra.local.errors import StackError

_LOOPBACK_V4 = "127.0.0.1"
_LOOPBACK_V6 = "::1"
_MAX_TRIES = 10


class PortTakenError(StackError):
    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken; choose another one with --port (make dev PORT=…)")
        self.port = port


def claim_port(host: str, port: int) -> list[socket.socket]:
    """Listening sockets; port 0 lets the system choose.

    For the loopback host both address families are bound, because `localhost` means either of them, and
    another server on the other one would answer in our place. Raises `PortTakenError`, or `OSError` for a
    host that is not this machine's.
    """
    for _ in range(_MAX_TRIES if port == 0 else 1):
        with contextlib.ExitStack() as claimed:
            first = claimed.enter_context(_listen(host, port))
            sockets = [first]
            if host == _LOOPBACK_V4 and _has_loopback_v6():
                try:
                    sockets.append(_listen(_LOOPBACK_V6, first.getsockname()[1]))
                except PortTakenError:
                    if port == 0:
                        continue
                    raise
            claimed.pop_all()
            return sockets
    raise PortTakenError(port)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it answers wait 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(port) from error
        raise
    return listener


def _has_loopback_v6() -> bool:
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind((_LOOPBACK_V6, 0))
    except OSError:
        return False
    return True
