"""What the gateway answers by itself, in the contract's envelope."""

import json
from collections.abc import Iterable

from infra.local.invocations import FunctionError
from infra.local.lambda_service import REQUEST_TOO_LARGE
from infra.local.proxy_responses import Head
from infra.local.reports import THROTTLED
from infra.topology import GatewayResponse

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
    def __init__(self, responses: Iterable[GatewayResponse]) -> None:
        self._responses = {response.response_type: response for response in responses}

    def answer(self, response_type: str) -> tuple[Head, bytes]:
        """Head and body for one of API Gateway's response types."""
        response = self._responses[response_type]
        envelope = {
            "success": False,
            "error": response.error,
            "code": response.status,
            "type": response.type,
        }
        headers = [("content-type", "application/json")]
        if error_type := _ERROR_TYPES.get(response_type):
            headers.append(("x-amzn-errortype", error_type))
        return Head(response.status, tuple(headers)), json.dumps(envelope, ensure_ascii=False).encode()

    def for_error(self, error: FunctionError) -> tuple[Head, bytes]:
        """Tells nothing of the error itself."""
        return self.answer(_RESPONSE_TYPES.get(error.type, "INTEGRATION_FAILURE"))
