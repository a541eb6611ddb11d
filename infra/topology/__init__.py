"""What Parley consists of, as plain data: functions, routes, tables, queues, and the rights to them.

The CDK components and the local stack both read this, so that what runs on a laptop and what is deployed
cannot drift apart. It imports neither CDK nor boto3.
"""

from infra.topology.functions import (
    BEDROCK_REGION_SETTING,
    FUNCTIONS,
)
from infra.topology.gateway_responses import GATEWAY_RESPONSES, METHOD_NOT_ALLOWED
from infra.topology.kinds import (
    Function,
    GatewayResponse,
    Index,
    Key,
    Queue,
    Route,
    RouteClass,
    SocketRoute,
    Table,
)
from infra.topology.limits import (
    BUFFERED_INTEGRATION_TIMEOUT_SECONDS,
    MAX_FUNCTION_PAYLOAD_BYTES,
    MAX_GATEWAY_PAYLOAD_BYTES,
    MAX_SOCKET_FRAME_BYTES,
    MAX_SOCKET_MESSAGE_BYTES,
    SOCKET_IDLE_SECONDS,
    SOCKET_INTEGRATION_TIMEOUT_SECONDS,
    SOCKET_LIFETIME_SECONDS,
    STREAM_IDLE_TIMEOUT_SECONDS,
    STREAM_PRELUDE_MAX_BYTES,
    STREAM_THROTTLED_BYTES_PER_SECOND,
    STREAM_UNTHROTTLED_BYTES,
)
from infra.topology.resources import KEYS, QUEUES, TABLES
from infra.topology.routes import ROUTES, SOCKET_ROUTE_SELECTION, SOCKET_ROUTES
from parley.cors import SETTING as CORS_SETTING
from parley.cors import CorsPolicy

__all__ = [
    "BEDROCK_REGION_SETTING",
    "BUFFERED_INTEGRATION_TIMEOUT_SECONDS",
    "FUNCTIONS",
    "GATEWAY_RESPONSES",
    "KEYS",
    "MAX_FUNCTION_PAYLOAD_BYTES",
    "MAX_GATEWAY_PAYLOAD_BYTES",
    "MAX_SOCKET_FRAME_BYTES",
    "MAX_SOCKET_MESSAGE_BYTES",
    "METHOD_NOT_ALLOWED",
    "OPENAPI_FILE_SETTING",
    "PYTHON_VERSION",
    "QUEUES",
    "ROUTES",
    "SOCKET_API_SETTING",
    "SOCKET_IDLE_SECONDS",
    "SOCKET_INTEGRATION_TIMEOUT_SECONDS",
    "SOCKET_LIFETIME_SECONDS",
    "SOCKET_ROUTES",
    "SOCKET_ROUTE_SELECTION",
    "STREAM_IDLE_TIMEOUT_SECONDS",
    "STREAM_PRELUDE_MAX_BYTES",
    "STREAM_THROTTLED_BYTES_PER_SECOND",
    "STREAM_UNTHROTTLED_BYTES",
    "TABLES",
    "Function",
    "GatewayResponse",
    "Index",
    "Key",
    "Queue",
    "Route",
    "RouteClass",
    "SocketRoute",
    "Table",
    "common_environment",
    "function_named",
    "key_named",
    "parameter_setting",
    "queue_named",
    "table_named",
]

PYTHON_VERSION = "3.13"
OPENAPI_FILE_SETTING = "PARLEY_OPENAPI_FILE"
SOCKET_API_SETTING = "PARLEY_SOCKET_API_URL"


def function_named(name: str) -> Function:
    return next(function for function in FUNCTIONS if function.name == name)


def table_named(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)


def key_named(name: str) -> Key:
    return next(key for key in KEYS if key.name == name)


def parameter_setting(secret: str) -> str:
    """In which setting a function is told the parameter that holds one of its secrets."""
    return f"{secret}_PARAMETER"


def queue_named(name: str) -> Queue:
    return next(queue for queue in QUEUES if queue.name == name)


def common_environment(
    *, stage: str, cors: CorsPolicy, metrics_namespace: str | None = None
) -> dict[str, str]:
    """What every function is told, wherever it runs. Only CloudWatch has a use for metrics."""
    return {
        "PARLEY_STAGE": stage,
        **({CORS_SETTING: str(cors)} if cors else {}),
        "POWERTOOLS_SERVICE_NAME": "parley",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        **({"POWERTOOLS_METRICS_NAMESPACE": metrics_namespace} if metrics_namespace else {}),
    }
