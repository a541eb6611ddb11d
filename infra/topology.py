"""What Parley consists of, as plain data: functions, routes, tables and their rights.

The CDK components and the local stack both read this page, so that what runs on a laptop and what is deployed
cannot drift apart. It imports neither CDK nor boto3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parley.cors import SETTING as CORS_SETTING
from parley.cors import CorsPolicy

PYTHON_VERSION = "3.13"
OPENAPI_FILE_SETTING = "PARLEY_OPENAPI_FILE"

# Limits of the services, enforced by the local stack as the cloud does.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
BUFFERED_INTEGRATION_TIMEOUT_SECONDS = 29
STREAM_IDLE_TIMEOUT_SECONDS = 300
MAX_GATEWAY_PAYLOAD_BYTES = 10 * 1024 * 1024
MAX_FUNCTION_PAYLOAD_BYTES = 6 * 1024 * 1024
# https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
STREAM_UNTHROTTLED_BYTES = 10 * 1024 * 1024
STREAM_THROTTLED_BYTES_PER_SECOND = 2 * 1024 * 1024
STREAM_PRELUDE_MAX_BYTES = 16 * 1024


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
class Function:
    """One Lambda function: the folder `functions/<name>`.

    `tables` names for each table the DynamoDB actions that the role may take, on the table and its indexes.
    `bedrock` names the actions of Bedrock that the role may take where `PARLEY_BEDROCK_REGION` is set.
    `keys` names for each key the KMS actions.
    `settings` are environment variables taken over from whoever deploys or starts the local stack.
    A streaming function runs under the streaming runtime and answers only through STREAM methods. One that
    runs tools has their `tool_dependencies` too, packages that the other functions are not to carry.
    `invokes` names the functions that it calls itself; it is told each one's physical name.
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
    invokes: tuple[str, ...] = ()
    isolated: bool = False

    @property
    def environment_variable(self) -> str:
        """Where those that invoke it find its physical name."""
        return f"PARLEY_{self.name.upper()}_FUNCTION"

    @property
    def handler(self) -> str:
        return f"functions.{self.name}.handler.handler"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method of the REST API. API Gateway also serves the path with a trailing slash."""

    method: str
    path: str
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


_SESSION_CHECK = ("GetItem",)
_ALL_ITEM_ACTIONS = (
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "UpdateItem",
)

# For functions with POSTs that may be repeated under an Idempotency-Key. Only a long answer takes a query.
_IDEMPOTENCY = ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")

# All that a list shows, but not `running`, which changes at the beginning of every reply and at each lease.
_LISTED_CONVERSATION_ATTRIBUTES = (
    "project_id",
    "title",
    "model",
    "system_prompt",
    "temperature",
    "max_tokens",
    "thinking_enabled",
    "message_count",
    "created_at",
    "updated_at",
)

TABLES = (
    Table(name="users", ttl_attribute="expires_at_epoch"),
    Table(
        name="conversations",
        ttl_attribute="expires_at_epoch",
        indexes=(
            Index(name="by_update", sort_key="updated_key", attributes=_LISTED_CONVERSATION_ATTRIBUTES),
            Index(name="by_project", sort_key="project_key", attributes=_LISTED_CONVERSATION_ATTRIBUTES),
        ),
    ),
    Table(name="usage"),
    Table(name="agents"),
    Table(name="idempotency", ttl_attribute="expires_at_epoch"),
    Table(name="providers"),
)

# A customer managed key costs $1 a month even while nobody talks: the one thing here that does.
KEYS = (Key(name="providers", context=("owner", "provider")),)

MODEL_SETTINGS = ("PARLEY_MODEL_BASE_URL", "PARLEY_MODEL_API_KEY", "PARLEY_MODEL_NAME")
FETCH_SETTINGS = ("PARLEY_ALLOW_PRIVATE_URLS",)
TOOL_SETTINGS = (
    *FETCH_SETTINGS,
    "PARLEY_SEARCH_SEARXNG_URL",
    "PARLEY_SEARCH_TAVILY_API_KEY",
    "PARLEY_SEARCH_BRAVE_API_KEY",
)
REPLY_SETTINGS = ("PARLEY_REPLY_LEASE_SECONDS",)
BEDROCK_REGION_SETTING = "PARLEY_BEDROCK_REGION"
PROVIDER_SETTINGS = (*FETCH_SETTINGS, BEDROCK_REGION_SETTING)

# Converse and ConverseStream ask for the rights of the older calls.
_BEDROCK_CALLS = ("InvokeModel", "InvokeModelWithResponseStream")

FUNCTIONS = (
    Function(name="service", memory_mb=256, timeout_seconds=10, openapi_document=True),
    Function(
        name="auth",
        memory_mb=1024,
        timeout_seconds=29,
        tables={"users": ("DeleteItem", "GetItem", "PutItem", "UpdateItem")},
        settings=("PARLEY_SESSION_HOURS",),
    ),
    Function(
        name="conversations",
        memory_mb=512,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "conversations": _ALL_ITEM_ACTIONS,
            "idempotency": _IDEMPOTENCY,
        },
    ),
    Function(
        name="agents",
        memory_mb=512,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "agents": ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            "idempotency": _IDEMPOTENCY,
            "providers": ("BatchGetItem",),
        },
    ),
    Function(
        name="messages",
        memory_mb=1024,
        timeout_seconds=900,
        streaming=True,
        tool_dependencies=True,
        tables={
            "users": _SESSION_CHECK,
            "conversations": _ALL_ITEM_ACTIONS,
            "usage": ("UpdateItem",),
            "idempotency": _IDEMPOTENCY,
            "providers": ("Query",),
        },
        keys={"providers": ("Decrypt",)},
        bedrock=_BEDROCK_CALLS,
        settings=(*MODEL_SETTINGS, *TOOL_SETTINGS, *REPLY_SETTINGS, BEDROCK_REGION_SETTING),
        invokes=("code_runner",),
    ),
    # Trying a provider out takes up to 24 s.
    Function(
        name="providers",
        memory_mb=1024,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "providers": ("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            "idempotency": _IDEMPOTENCY,
        },
        keys={"providers": ("Decrypt", "Encrypt")},
        bedrock=(*_BEDROCK_CALLS, "ListFoundationModels", "ListInferenceProfiles"),
        settings=PROVIDER_SETTINGS,
    ),
    Function(
        name="usage",
        memory_mb=512,
        timeout_seconds=29,
        tables={"users": _SESSION_CHECK, "usage": ("Query",)},
    ),
    # A program may run for 30 s, longer than a buffered integration: hence the streaming.
    Function(
        name="tools",
        memory_mb=1024,
        timeout_seconds=120,
        streaming=True,
        tool_dependencies=True,
        tables={"users": _SESSION_CHECK, "idempotency": _IDEMPOTENCY},
        settings=TOOL_SETTINGS,
        invokes=("code_runner",),
    ),
    # Half of the memory is for one program; with it comes half a processor. A program may take 30 s.
    Function(name="code_runner", memory_mb=1024, timeout_seconds=60, tool_dependencies=True, isolated=True),
)

ROUTES = (
    Route(method="GET", path="/", function="service"),
    Route(method="GET", path="/api/health", function="service"),
    Route(method="GET", path="/api/openapi.json", function="service"),
    Route(method="GET", path="/api/docs", function="service"),
    Route(method="POST", path="/api/auth/register", function="auth"),
    Route(method="POST", path="/api/auth/login", function="auth"),
    Route(method="POST", path="/api/auth/logout", function="auth"),
    Route(method="GET", path="/api/auth/me", function="auth"),
    Route(method="GET", path="/api/conversations", function="conversations"),
    Route(method="POST", path="/api/conversations", function="conversations"),
    Route(method="GET", path="/api/conversations/{id}", function="conversations"),
    Route(method="PUT", path="/api/conversations/{id}", function="conversations"),
    Route(method="DELETE", path="/api/conversations/{id}", function="conversations"),
    Route(method="POST", path="/api/messages", function="messages"),
    Route(method="POST", path="/api/messages/stream", function="messages"),
    Route(method="GET", path="/api/messages/{id}", function="messages"),
    Route(method="DELETE", path="/api/messages/{id}", function="messages"),
    Route(method="GET", path="/api/messages/{id}/events", function="messages"),
    Route(method="POST", path="/api/messages/{id}/stop", function="messages"),
    Route(method="POST", path="/api/messages/{id}/regenerate", function="messages"),
    Route(method="GET", path="/api/agents", function="agents"),
    Route(method="POST", path="/api/agents", function="agents"),
    Route(method="GET", path="/api/agents/{id}", function="agents"),
    Route(method="PUT", path="/api/agents/{id}", function="agents"),
    Route(method="DELETE", path="/api/agents/{id}", function="agents"),
    Route(method="POST", path="/api/agents/{id}/key", function="agents"),
    Route(method="GET", path="/api/providers", function="providers"),
    Route(method="POST", path="/api/providers", function="providers"),
    Route(method="GET", path="/api/providers/{id}", function="providers"),
    Route(method="PUT", path="/api/providers/{id}", function="providers"),
    Route(method="DELETE", path="/api/providers/{id}", function="providers"),
    Route(method="POST", path="/api/providers/{id}/test", function="providers"),
    Route(method="GET", path="/api/usage", function="usage"),
    Route(method="GET", path="/api/tools", function="tools"),
    Route(method="GET", path="/api/tools/{name}", function="tools"),
    Route(method="POST", path="/api/tools/{name}/execute", function="tools"),
)

# A known path with another method is served by a mock integration in the cloud (ANY on each resource).
METHOD_NOT_ALLOWED = GatewayResponse(
    response_type="METHOD_NOT_ALLOWED", status=405, type="method_not_allowed", error="不支持该请求方法"
)

GATEWAY_RESPONSES = (
    GatewayResponse(
        response_type="MISSING_AUTHENTICATION_TOKEN", status=404, type="not_found", error="接口不存在"
    ),
    GatewayResponse(response_type="RESOURCE_NOT_FOUND", status=404, type="not_found", error="接口不存在"),
    GatewayResponse(
        response_type="REQUEST_TOO_LARGE", status=413, type="payload_too_large", error="请求体过大"
    ),
    GatewayResponse(response_type="THROTTLED", status=429, type="rate_limited", error="请求过于频繁"),
    GatewayResponse(response_type="QUOTA_EXCEEDED", status=429, type="rate_limited", error="请求配额已用完"),
    GatewayResponse(
        response_type="INTEGRATION_TIMEOUT", status=504, type="gateway_timeout", error="服务响应超时"
    ),
    GatewayResponse(
        response_type="INTEGRATION_FAILURE", status=502, type="bad_gateway", error="服务暂时不可用"
    ),
    GatewayResponse(response_type="BAD_REQUEST_BODY", status=400, type="bad_request", error="请求无效"),
    GatewayResponse(
        response_type="UNAUTHORIZED", status=401, type="unauthorized", error="未登录或登录已失效"
    ),
    GatewayResponse(response_type="ACCESS_DENIED", status=403, type="forbidden", error="没有权限"),
    GatewayResponse(response_type="BAD_REQUEST_PARAMETERS", status=400, type="bad_request", error="请求无效"),
    GatewayResponse(response_type="WAF_FILTERED", status=403, type="forbidden", error="没有权限"),
    GatewayResponse(
        response_type="API_CONFIGURATION_ERROR", status=500, type="internal_error", error="服务器内部错误"
    ),
    GatewayResponse(response_type="DEFAULT_4XX", status=400, type="bad_request", error="请求无效"),
    GatewayResponse(response_type="DEFAULT_5XX", status=500, type="internal_error", error="服务器内部错误"),
)


def function_named(name: str) -> Function:
    return next(function for function in FUNCTIONS if function.name == name)


def table_named(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)


def key_named(name: str) -> Key:
    return next(key for key in KEYS if key.name == name)


def common_environment(*, stage: str, cors: CorsPolicy) -> dict[str, str]:
    """What every function is told, wherever it runs."""
    return {
        "PARLEY_STAGE": stage,
        **({CORS_SETTING: str(cors)} if cors else {}),
        "POWERTOOLS_SERVICE_NAME": "parley",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }
