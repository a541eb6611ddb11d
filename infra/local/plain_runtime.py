"""A worker's runtime loop in plain Python, for where awslambdaric has no wheel (macOS).

With `--streaming` it stands for the streaming layer's runtime, without for `python -m awslambdaric`.
"""

import http.client
import importlib
import io
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from parley_streaming import activation
from parley_streaming.protocol import ResponsePost

_ROOT = "/2018-06-01/runtime"
type Handler = Callable[[Any, "PlainContext"], Any]


@dataclass(frozen=True, kw_only=True)
class PlainContext:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    aws_request_id: str
    invoked_function_arn: str
    deadline_epoch_ms: int
    function_name: str = field(default_factory=lambda: os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    function_version: str = field(
        default_factory=lambda: os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
    )
    memory_limit_in_mb: str = field(
        default_factory=lambda: os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    )
    log_group_name: str = field(default_factory=lambda: os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", ""))
    log_stream_name: str = field(default_factory=lambda: os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", ""))
    identity: None = None
    client_context: None = None
    tenant_id: str | None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_epoch_ms - int(time.time() * 1000))


def _call(method: str, path: str, body: bytes | None = None) -> tuple[http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        connection.request(method, f"{_ROOT}{path}", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status >= 300:
        print(f"The Runtime API answered {response.status} to {path}", file=sys.stderr, flush=True)
    return response.headers, content


def _report(path: str, error: Exception) -> None:
    traceback.print_exc()
    report = {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
    _call("POST", path, json.dumps(report).encode())


def _serve_next(handler: Handler) -> None:
    headers, event = _call("GET", "/invocation/next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
    context = PlainContext(
        aws_request_id=request_id,
        invoked_function_arn=headers["Lambda-Runtime-Invoked-Function-Arn"],
        deadline_epoch_ms=int(headers["Lambda-Runtime-Deadline-Ms"]),
        tenant_id=headers.get("Lambda-Runtime-Aws-Tenant-Id"),
    )
    try:
        result = handler(json.loads(event), context)
        # A streamed response, known by its method: a plain function need not import the adapter for it.
        payload = None if hasattr(result, "send_to") else _encode(result)
    except Exception as error:
        _report(f"/invocation/{request_id}/error", error)
        return
    if payload is None:
        result.send_to(ResponsePost(os.environ["AWS_LAMBDA_RUNTIME_API"], request_id))
    else:
        _call("POST", f"/invocation/{request_id}/response", payload)


def _encode(result: object) -> bytes:
    return result if isinstance(result, bytes) else json.dumps(result, ensure_ascii=False).encode()


def _load_handler() -> Handler:
    module_name, _, attribute = os.environ["_HANDLER"].rpartition(".")
    handler: Handler = getattr(importlib.import_module(module_name), attribute)
    return handler


def main() -> None:
    # Into a pipe, Python would hold back what the function prints until the buffer is full.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    if "--streaming" in sys.argv[1:]:
        activation.activate()
    try:
        handler = _load_handler()
    except Exception as error:
        _report("/init/error", error)
        sys.exit(1)
    while True:
        _serve_next(handler)


if __name__ == "__main__":
    main()
