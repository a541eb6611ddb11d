"""One blocking call of boto3's, in a thread of its own, with its events brought to the event loop."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from typing import Any

type Event = Mapping[str, Any]

_this_thread = threading.local()


class AbortedCallError(Exception):
    """The call is not to be sent, nor sent again."""


class ThreadedCall:
    """`events` runs in the thread: it blocks, and raises what fails. `abort` ends it at once."""

    def __init__(self, events: Callable[[], Generator[Event]]) -> None:
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.is_aborted = False
        # A daemon, so that no process waits for a service at its end.
        threading.Thread(target=self._run, name="bedrock-call", daemon=True).start()

    async def next_event(self) -> Event | None:
        """None at the end. Raises what the call raised."""
        item = await self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def abort(self) -> None:
        """Ends a read that is blocked: closing the socket would not, and would wait for it besides."""
        with self._lock:
            self.is_aborted = True
            self._shut_down()

    def reads_from(self, connection: socket.socket) -> None:
        """Called in the thread, before it waits for this connection's answer."""
        with self._lock:
            self._socket = connection
            if self.is_aborted:
                self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        _this_thread.call = self
        last: BaseException | None = None
        try:
            with contextlib.closing(self._events()) as events:
                for event in events:
                    if self.is_aborted:
                        break
                    self._hand_over(event)
        except Exception as error:
            last = error
        finally:
            with self._lock:
                # The connection may serve another call from here on.
                self._socket = None
            self._hand_over(last)

    def _hand_over(self, item: Event | BaseException | None) -> None:
        # Nobody is left to take it where the loop was closed.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)


def make_abortable(client: Any) -> None:
    """Let the calls of this client's threads know the sockets that they read from, and not be tried again.

    botocore gives no way to a connection that waits for its answer: its pools' classes are exchanged.
    """
    client.meta.events.register("before-send.bedrock-runtime", _stop_aborted)
    session = client._endpoint.http_session
    pools = {
        scheme: type(pool.__name__, (pool,), {"ConnectionCls": _telling(pool.ConnectionCls)})
        for scheme, pool in session._pool_classes_by_scheme.items()
    }
    # Of direct connections, and of those through a proxy, whose managers are made later.
    session._manager.pool_classes_by_scheme = session._pool_classes_by_scheme = pools


def _stop_aborted(**_: Any) -> None:
    call = getattr(_this_thread, "call", None)
    if call is not None and call.is_aborted:
        raise AbortedCallError


def _telling(connection: Any) -> type:
    def getresponse(self: Any) -> Any:
        call = getattr(_this_thread, "call", None)
        if call is not None:
            call.reads_from(self.sock)
        return connection.getresponse(self)

    return type(connection.__name__, (connection,), {"getresponse": getresponse})
