"""What one local stack runs, and the limits under which it runs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra import topology
from infra.topology import Function, GatewayResponse, Key, Queue, Route, SocketRoute, Table
from parley.cors import EVERY_ORIGIN, CorsPolicy
from parley.cors import SETTING as CORS_SETTING

PROJECT = Path(__file__).resolve().parents[2]
STAGE = "local"
ACCOUNT_ID = "123456789012"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """AWS's limits, in seconds and bytes; tests shorten them.

    `concurrency` is for each function. The local stack's own: an idle worker is given up after
    `idle_worker_seconds`, of a function with tenants also when there are more than `idle_tenant_workers`, and
    the sources are looked at for changes at most every `source_scan_seconds`. Of what comes over WebSockets
    no more than `socket_invocations` run at a time, of one connection `socket_connection_invocations`: what
    comes on top waits, where Lambda would start more than a laptop can bear. What is posted to a client that
    does not read waits for `socket_post_seconds`. Of a queue at most
    `queue_invocations` are under way at a time, each with at most `queue_batch_messages`; at the end of the
    stack they are given `queue_grace_seconds`. Who asks for messages waits `queue_wait_seconds` for one.
    """

    buffered_timeout_seconds: float = topology.BUFFERED_INTEGRATION_TIMEOUT_SECONDS
    stream_idle_seconds: float = topology.STREAM_IDLE_TIMEOUT_SECONDS
    stream_timeout_seconds: float = 15 * 60
    stream_unthrottled_bytes: int = topology.STREAM_UNTHROTTLED_BYTES
    stream_bytes_per_second: int = topology.STREAM_THROTTLED_BYTES_PER_SECOND
    request_body_bytes: int = topology.MAX_GATEWAY_PAYLOAD_BYTES
    function_payload_bytes: int = topology.MAX_FUNCTION_PAYLOAD_BYTES
    socket_message_bytes: int = topology.MAX_SOCKET_MESSAGE_BYTES
    socket_frame_bytes: int = topology.MAX_SOCKET_FRAME_BYTES
    socket_idle_seconds: float = topology.SOCKET_IDLE_SECONDS
    socket_lifetime_seconds: float = topology.SOCKET_LIFETIME_SECONDS
    socket_timeout_seconds: float = topology.SOCKET_INTEGRATION_TIMEOUT_SECONDS
    socket_post_seconds: float = 5.0
    socket_invocations: int = 8
    socket_connection_invocations: int = 4
    queue_invocations: int = 10
    queue_batch_messages: int = 1
    queue_grace_seconds: float = 2.0
    queue_wait_seconds: int = 2
    concurrency: int = 50
    init_timeout_seconds: float = 10.0
    memory_poll_seconds: float = 0.25
    idle_worker_seconds: float = 600.0
    idle_tenant_workers: int = 8
    source_scan_seconds: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`root` holds `functions/`; `python_path` is searched after it.

    `sources` are folders whose Python files, once changed, make idle workers out of date. `settings` is the
    environment of whoever starts the stack; a function sees of it what its own settings name.
    """

    functions: tuple[Function, ...] = topology.FUNCTIONS
    routes: tuple[Route, ...] = topology.ROUTES
    socket_routes: tuple[SocketRoute, ...] = topology.SOCKET_ROUTES
    tables: tuple[Table, ...] = topology.TABLES
    keys: tuple[Key, ...] = topology.KEYS
    queues: tuple[Queue, ...] = topology.QUEUES
    gateway_responses: tuple[GatewayResponse, ...] = topology.GATEWAY_RESPONSES
    cors: CorsPolicy = field(default_factory=CorsPolicy)
    root: Path = PROJECT
    python_path: tuple[Path, ...] = ()
    sources: tuple[Path, ...] = (
        PROJECT / "functions",
        PROJECT / "layers" / "parley" / "python",
        PROJECT / "layers" / "streaming",
    )
    limits: Limits = field(default_factory=Limits)
    settings: Mapping[str, str] = field(default_factory=dict)

    def function_named(self, name: str) -> Function:
        return next(function for function in self.functions if function.name == name)


def plan_of(environment: Mapping[str, str]) -> Plan:
    """What a developer's environment asks for; unless it says otherwise, any page may call the API.

    Raises `InvalidOriginError`.
    """
    cors = CorsPolicy.parse(environment.get(CORS_SETTING, EVERY_ORIGIN))
    return Plan(settings=dict(environment), cors=cors)


def physical_name(name: str) -> str:
    """What a table or a function is called in the local account."""
    return f"parley-{STAGE}-{name}"


def key_alias(name: str) -> str:
    """By what a key is known in the local account."""
    return f"alias/{physical_name(name)}"


def queue_name(name: str) -> str:
    """What a queue is called in the local account."""
    return f"{physical_name(name)}.fifo"
