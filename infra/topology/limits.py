"""Limits of AWS's services, enforced by the local stack as the cloud does. Seconds and bytes."""

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
BUFFERED_INTEGRATION_TIMEOUT_SECONDS = 29
STREAM_IDLE_TIMEOUT_SECONDS = 300
MAX_GATEWAY_PAYLOAD_BYTES = 10 * 1024 * 1024
MAX_FUNCTION_PAYLOAD_BYTES = 6 * 1024 * 1024
# https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
STREAM_UNTHROTTLED_BYTES = 10 * 1024 * 1024
STREAM_THROTTLED_BYTES_PER_SECOND = 2 * 1024 * 1024
STREAM_PRELUDE_MAX_BYTES = 16 * 1024
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
MAX_SOCKET_MESSAGE_BYTES = 128 * 1024
MAX_SOCKET_FRAME_BYTES = 32 * 1024
SOCKET_IDLE_SECONDS = 10 * 60
SOCKET_LIFETIME_SECONDS = 2 * 3600
SOCKET_INTEGRATION_TIMEOUT_SECONDS = 29
