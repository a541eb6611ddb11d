"""Finds the addresses of a name, once for each connection."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

# Host and port to addresses, in the order in which they are to be tried. Raises `socket.gaierror`.
type Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> Sequence[str]:
    """As the system resolves names.

    In a thread that nobody waits for: a name server that is silent cannot be interrupted, and the end of an
    event loop would wait for its own threads.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            outcome: list[str] | OSError = error
        else:
            outcome = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        # The loop may have ended meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, found, outcome)

    threading.Thread(target=look_up, name="resolver", daemon=True).start()
    return await found


def _settle(found: asyncio.Future[list[str]], outcome: list[str] | OSError) -> None:
    if found.done():
        return
    if isinstance(outcome, OSError):
        found.set_exception(outcome)
    else:
        found.set_result(outcome)
