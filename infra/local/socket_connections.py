"""The open connections of the WebSocket API, by their ids."""

import base64
import secrets
import time
from datetime import UTC, datetime

from infra.local.client_socket import ClientSocket
from infra.local.plan import Limits
from infra.local.proxy_events import GatewayRequest

type Connections = dict[str, "Connection"]


def new_socket_id() -> str:
    """Fifteen characters and the padding: API Gateway's ids of connections, messages and requests."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()


class Connection:
    def __init__(self, socket: ClientSocket, handshake: GatewayRequest, limits: Limits) -> None:
        self.id = new_socket_id()
        self.socket = socket
        self.host = handshake.header("host")
        self.source_ip = handshake.source_ip
        self.user_agent = handshake.header("user-agent")
        self.connected_at = handshake.received_at
        self.last_active_at = handshake.received_at
        self._limits = limits
        self._ends_at = time.monotonic() + limits.socket_lifetime_seconds
        self._idle_at = 0.0
        self.touch()

    def touch(self) -> None:
        """Data in either direction keep a connection; pings do not."""
        self.last_active_at = datetime.now(UTC)
        self._idle_at = time.monotonic() + self._limits.socket_idle_seconds

    @property
    def seconds_left(self) -> float:
        """Until its time is over, or nobody has said anything for too long."""
        return max(0.0, min(self._ends_at, self._idle_at) - time.monotonic())

    async def post(self, text: bytes) -> None:
        """Raises `SocketGoneError` and `SlowReaderError`."""
        await self.socket.send(text, patience_seconds=self._limits.socket_post_seconds)
        self.touch()
