"""What the gateway answers by itself, in the contract's envelope."""

import json
from collections.abc import Iterable, Mapping

from infra.local.invocations import FunctionError
from infra.local.lambda_service import REQUEST_TOO_LARGE
from infra.local.proxy_responses import Head
from infra.local.reports import THROTTLED
from infra.topology import METHOD_NOT_ALLOWED, GatewayResponse
from parley.cors import CorsPolicy

# What API Gateway says in x-amzn-errortype.
_ERROR_TYPES = {
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
    "REQUEST_TOO_LARGE": "RequestTooLargeException",
    "THROTTLED": "TooManyRequestsException",
    "INTEGRATION_TIMEOUT": "InternalServerErrorException",
    "INTEGRATION_FAILURE": "InternalServerErrorException",
    "DEFAULT_5XX": "InternalServerErrorException",
}
_RESPONSE_TYPES = {THROTTLED.type: "THROTTLED", REQUEST_TOO_LARGE.type: "REQUEST_TOO_LARGE"}


class GatewayAnswers:
    """Each takes the request's origin, if it has one: pages of other origins may read these answers too."""

    def __init__(self, responses: Iterable[GatewayResponse], *, cors: CorsPolicy) -> None:
        self._responses = {response.response_type: response for response in responses}
        self._cors = cors

    @property
    def has_preflights(self) -> bool:
        return bool(self._cors)

    def preflight(self, origin: str | None, methods: Iterable[str]) -> tuple[Head, bytes]:
        headers = {"content-type": "application/json"} | self._cors.preflight_headers(origin, methods)
        return Head(204, tuple(headers.items())), b""

    def method_not_allowed(self, origin: str | None, methods: Iterable[str]) -> tuple[Head, bytes]:
        headers = {"allow": self._cors.methods(methods)} | self._cors.headers(origin)
        return self._answer(METHOD_NOT_ALLOWED, headers)

    def answer(self, response_type: str, origin: str | None) -> tuple[Head, bytes]:
        """Head and body for one of API Gateway's response types."""
        headers = self._cors.gateway_headers(origin)
        if error_type := _ERROR_TYPES.get(response_type):
            headers["x-amzn-errortype"] = error_type
        return self._answer(self._responses[response_type], headers)

    def for_error(self, error: FunctionError, origin: str | None) -> tuple[Head, bytes]:
        """Tells nothing of the error itself."""
        return self.answer(_RESPONSE_TYPES.get(error.type, "INTEGRATION_FAILURE"), origin)

    @staticmethod
    def _answer(response: GatewayResponse, headers: Mapping[str, str]) -> tuple[Head, bytes]:
        envelope = {
            "success": False,
            "error": response.error,
            "code": response.status,
            "type": response.type,
        }
        head = Head(response.status, (("content-type", "application/json"), *headers.items()))
        return head, json.dumps(envelope, ensure_ascii=False).encode()
