"""The kinds of things that the topology names, and how a function is told of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Index:
    """A secondary index: a local one (the table's partition key, consistent reads) unless it names another.

    It projects the keys and `attributes`, or all where none are named. A write that changes nothing of what
    is projected costs no index write.
    """

    name: str
    sort_key: str
    partition_key: str | None = None
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """All keys are strings. The table's name reaches a function as `PARLEY_<NAME>_TABLE`."""

    name: str
    partition_key: str = "pk"
    sort_key: str = "sk"
    ttl_attribute: str | None = None
    indexes: tuple[Index, ...] = ()

    @property
    def environment_variable(self) -> str:
        return f"PARLEY_{self.name.upper()}_TABLE"


@dataclass(frozen=True, kw_only=True)
class Key:
    """A symmetric KMS key, for secrets of up to 4 KB; its ARN or alias is told as `PARLEY_<NAME>_KEY_ID`.

    What it encrypts is bound to an encryption context that names exactly `context`.
    """

    name: str
    context: tuple[str, ...]

    @property
    def environment_variable(self) -> str:
        return f"PARLEY_{self.name.upper()}_KEY_ID"


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A FIFO queue; its URL is told to who sends to it or consumes it as `PARLEY_<NAME>_QUEUE_URL`.

    What was received `max_receives` times and never deleted goes to its dead-letter queue. Messages of a
    group are delivered one after another; of the same deduplication id a group takes one within five minutes.
    """

    name: str
    visibility_timeout_seconds: int
    max_receives: int

    @property
    def environment_variable(self) -> str:
        return f"PARLEY_{self.name.upper()}_QUEUE_URL"

    @property
    def dead_letter_name(self) -> str:
        return f"{self.name}_dead"


@dataclass(frozen=True, kw_only=True)
class Function:
    """One Lambda function: the folder `functions/<name>`.

    `tables` names for each table the DynamoDB actions that the role may take, on the table and its indexes.
    `bedrock` names the actions of Bedrock that the role may take where `PARLEY_BEDROCK_REGION` is set.
    `keys` names for each key the KMS actions.
    `settings` are environment variables taken over from whoever deploys or starts the local stack.
    `secrets` are settings whose values no configuration may show: in the cloud a function is told, in
    `<NAME>_PARAMETER`, which parameter holds each, and may read that.
    A streaming function runs under the streaming runtime and answers only through STREAM methods. One that
    runs tools has their `tool_dependencies` too, packages that the other functions are not to carry.
    `invokes` names the functions that it calls itself; it is told each one's physical name.
    `sends_to` names the queues that it sends to. One that `consumes` a queue is given its messages one at a
    time, as an event source gives them, and may change for how long the message at hand is hidden.
    One that `posts_to_sockets` may send to the connections of the WebSocket API, and close them; it is told
    the address of their API in `SOCKET_API_SETTING`.
    One that `asks_who_calls` goes by network addresses; where there is an edge, it is told what that proves
    itself with: only then it believes whose call the edge hands on.
    An isolated function runs what people send: it has no network, no rights, an execution environment for
    each tenant, and of the product neither the package nor anything that the others are told.
    One with the `openapi_document` is told in `OPENAPI_FILE_SETTING` which file that is.
    """

    name: str
    memory_mb: int
    timeout_seconds: int
    streaming: bool = False
    tool_dependencies: bool = False
    openapi_document: bool = False
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bedrock: tuple[str, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    invokes: tuple[str, ...] = ()
    sends_to: tuple[str, ...] = ()
    consumes: str | None = None
    posts_to_sockets: bool = False
    asks_who_calls: bool = False
    isolated: bool = False

    @property
    def environment_variable(self) -> str:
        """Where those that invoke it find its physical name."""
        return f"PARLEY_{self.name.upper()}_FUNCTION"

    @property
    def can_snap_start(self) -> bool:
        """Whether Lambda may start it from a snapshot.

        The streaming runtime's loop would be in the middle of its start, and Lambda takes none with tenants.
        https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
        """
        return not self.streaming and not self.isolated

    @property
    def handler(self) -> str:
        return f"functions.{self.name}.handler.handler"


class RouteClass(StrEnum):
    """Routes that are throttled together, apart from the others: a log-in costs a password hash on purpose,
    and what asks a model, a program or a page holds a function for as long as that takes.
    """

    PLAIN = "plain"
    LOG_IN = "log_in"
    LASTING = "lasting"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method of the REST API. API Gateway also serves the path with a trailing slash."""

    method: str
    path: str
    function: str
    route_class: RouteClass = RouteClass.PLAIN


@dataclass(frozen=True, kw_only=True)
class SocketRoute:
    """A route of the WebSocket API: `$connect`, `$disconnect`, `$default`, or an action that a frame names.

    Whether a connection comes about is what `$connect` answers. What the others answer is not sent on.
    """

    key: str
    function: str


@dataclass(frozen=True, kw_only=True)
class GatewayResponse:
    """What the gateway itself answers where no function is reached, in the contract's envelope.

    `response_type` is API Gateway's name for the case.
    """

    response_type: str
    status: int
    type: str
    error: str
