"""What went wrong on the way to a model's service, as its failure."""

import socket
import ssl

import httpx

from parley.domain.causes import causes
from parley.domain.web_pages import RefusedUrlError
from parley.models.service_reasons import redacted, timed_out
from parley.models.types import ModelError


def model_failure(error: Exception, *, secret: str | None, is_midway: bool) -> ModelError:
    """Any failure of a request over HTTP as one of the model; `is_midway` once an answer has begun."""
    if isinstance(error, ModelError):
        return redacted(error, secret)
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        return transport_failure(error, is_midway=is_midway)
    if isinstance(error, TimeoutError):
        return timed_out()
    return ModelError("The model's service sent an event of excessive size.", type="model_stream_broken")


def transport_failure(error: httpx.HTTPError | httpx.InvalidURL, *, is_midway: bool) -> ModelError:
    """Names what went wrong on the way, and no address."""
    if isinstance(error, httpx.TimeoutException):
        return timed_out()
    if is_midway:
        return ModelError("The connection to the model's service was cut.", type="model_stream_broken")
    return ModelError(f"The model's service cannot be reached: {_cause(error)}.", type="model_unreachable")


def _cause(error: BaseException) -> str:
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return "its address is not valid"
    for cause in causes(error):
        if isinstance(cause, RefusedUrlError):
            return f"its address is not allowed: {cause.reason}"
        if isinstance(cause, ssl.SSLError):
            return "its certificate or its TLS was not accepted"
        if isinstance(cause, socket.gaierror):
            return "its name is not known"
        if isinstance(cause, ConnectionRefusedError):
            return "it refused the connection"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return "it closed the connection without an answer"
    return "the connection failed"
