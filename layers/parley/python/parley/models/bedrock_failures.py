"""What Bedrock said when it failed, fit for a user: its own words, without the deployer's account."""

import re

from botocore import exceptions
from botocore.eventstream import ParserError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from parley.models.service_json import broken, strange_part
from parley.models.service_reasons import redacted, timed_out, without_markup
from parley.models.types import ModelError

# What may pass with time, and what time ran out for; in the middle of a stream their names begin small.
_BUSY = ("throttling", "toomanyrequests", "serviceunavailable", "modelnotready", "servicequota")
_TIMED_OUT = ("modeltimeout", "requesttimeout")

_PRINCIPAL = re.compile(r"arn:[\w-]+:(?:sts|iam)::\S+")
_ACCOUNT = re.compile(r"(?<=:)\d{12}(?=:)")

_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.TokenRetrievalError,
)
_UNREACHABLE = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyConnectionError,
    exceptions.SSLError,
)


def refusal_reason(error: exceptions.ClientError) -> str:
    """The service's code and words, as a user may read them."""
    answer = error.response.get("Error", {})
    said = without_markup(answer.get("Message") or "")
    said = _ACCOUNT.sub("***", _PRINCIPAL.sub("this deployment", said))
    return f"Bedrock answered {answer.get('Code', 'with an error')}" + (f": {said}" if said else ".")


def bedrock_failure(error: BaseException, *, is_midway: bool) -> ModelError:
    """`is_midway` once the stream has begun. Raises what is no failure of the service's."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, exceptions.ClientError):
        return _refusal(error, is_midway=is_midway)
    if isinstance(error, _NO_CREDENTIALS):
        return ModelError(
            "Bedrock cannot be asked: this deployment has no AWS credentials.", type="model_unreachable"
        )
    if isinstance(error, exceptions.ParamValidationError):
        return redacted(ModelError(f"Bedrock cannot be asked this: {error}", type="model_rejected"), None)
    if isinstance(error, TimeoutError | exceptions.ReadTimeoutError):
        return timed_out()
    if isinstance(error, _UNREACHABLE):
        return ModelError("Bedrock cannot be reached.", type="model_unreachable")
    if isinstance(error, exceptions.HTTPClientError | HTTPError | OSError):
        if is_midway:
            return broken("The connection to Bedrock was cut.")
        return ModelError("Bedrock closed the connection without an answer.", type="model_unreachable")
    if isinstance(error, ParserError | ResponseParserError):
        return strange_part()
    if isinstance(error, exceptions.BotoCoreError):
        return ModelError(f"Bedrock cannot be asked: {type(error).__name__}.", type="model_unreachable")
    raise error


def _refusal(error: exceptions.ClientError, *, is_midway: bool) -> ModelError:
    code = error.response.get("Error", {}).get("Code", "").lower()
    type = "model_stream_broken" if is_midway else "model_rejected"
    if code.startswith(_BUSY):
        type = "model_rate_limited"
    elif code.startswith(_TIMED_OUT):
        type = "model_timeout"
    return redacted(ModelError(refusal_reason(error), type=type), None)
