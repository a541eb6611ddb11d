"""What API Gateway itself answers, in the contract's envelope."""

from infra.topology.kinds import GatewayResponse

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
