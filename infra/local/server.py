"""uvicorn, told to leave signals and logs to the stack."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import uvicorn

_GRACE_SECONDS = 2

type OpenSocket = Callable[..., asyncio.Protocol]


class GatewayServer(uvicorn.Server):
    """Serves an ASGI application on sockets that listen already."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def gateway_server(application: Any, *, open_socket: OpenSocket | None = None) -> GatewayServer:
    """`open_socket` makes the protocol that takes a WebSocket over; without it they are HTTP requests."""
    # It reports answers that were cut on purpose as errors; the gateway writes a line on each of them itself.
    logging.getLogger("uvicorn.error").disabled = True
    config = uvicorn.Config(
        application,
        http="h11",
        ws=cast("type[asyncio.Protocol]", open_socket) if open_socket else "none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return GatewayServer(config)
