"""Who calls, by network address. Behind the edge that is the edge's own: it says whose call it hands on."""

import hmac
from typing import Annotated

from fastapi import Depends, Request

from parley.edge import SECRET_HEADER, VIEWER_HEADER


def caller_address(request: Request) -> str:
    """As API Gateway sees it, unless the edge names another and proves that it is the edge."""
    if _came_through_edge(request):
        return request.headers.get(VIEWER_HEADER, "")
    return request.client.host if request.client else ""


def _came_through_edge(request: Request) -> bool:
    secret: str | None = request.app.state.edge_secret
    if not secret:
        return False
    shown = request.headers.get(SECRET_HEADER, "")
    return hmac.compare_digest(shown.encode(), secret.encode())


CallerAddressDep = Annotated[str, Depends(caller_address)]
