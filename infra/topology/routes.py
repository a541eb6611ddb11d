"""The routes of the REST API and of the WebSocket API."""

from infra.topology.kinds import Route, SocketRoute

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

# Which route a frame takes: the expression is API Gateway's. What selects none goes to `$default`.
SOCKET_ROUTE_SELECTION = "$request.body.action"
SOCKET_ROUTES: tuple[SocketRoute, ...] = ()
