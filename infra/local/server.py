"""uvicorn, told to leave signals and logs to the stack."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import uvicorn

_GRACE_SECONDS = 2


class GatewayServer(uvicorn.Server):
    """Serves an ASGI application on sockets that listen already."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def gateway_server(application: Any) -> GatewayServer:
    # It reports answers that were cut on purpose as errors; the gateway writes a line on each of them itself.
    logging.getLogger("uvicorn.error").disabled = True
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return GatewayServer(config)
