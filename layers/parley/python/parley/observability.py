"""Structured logs with the ids of request, user and conversation; never a token, a password or a text.

Metrics are lines of the log too, which CloudWatch reads: no call is made, and no name of anybody is in them.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics


@cache
def _logger() -> Logger:
    """The service's name and the level come from Powertools' own variables."""
    return Logger(utc=True, location=None)


def begin_request(request_id: str, **keys: Any) -> None:
    """Forget the request before (a worker serves one at a time, one after another) and name this one."""
    _logger().clear_state()
    _logger().append_keys(request_id=request_id, **keys)


def annotate(**keys: Any) -> None:
    """Add ids to every further line of this request."""
    _logger().append_keys(**keys)


def current_request_id() -> str:
    return str(_logger().get_current_keys().get("request_id", "unknown"))


def log(message: str, **fields: Any) -> None:
    _logger().info(message, extra=fields)


def log_failure(message: str, error: BaseException, **fields: Any) -> None:
    """With the trace, which stays in the log."""
    _logger().error(message, exc_info=error, extra=fields)


class Measured(NamedTuple):
    name: str
    unit: Literal["Count", "Milliseconds"]
    value: float


def measure(measured: Iterable[Measured]) -> None:
    """Nothing, where no namespace is set in Powertools' own variable: nobody would read it."""
    metrics = EphemeralMetrics()
    if metrics.namespace:
        for each in measured:
            metrics.add_metric(name=each.name, unit=each.unit, value=each.value)
        metrics.flush_metrics()
