"""A bill: what is charged for, line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra import topology
from infra.costs import prices
from infra.costs.consumption import Units


@dataclass(frozen=True, kw_only=True)
class Bill:
    """Dollars by what they are paid for."""

    lines: Mapping[str, float]

    @property
    def dollars(self) -> float:
        return sum(self.lines.values())


def bill(lines: Iterable[tuple[str, float]]) -> Bill:
    """Lines of the same name are one."""
    summed: dict[str, float] = {}
    for name, dollars in lines:
        summed[name] = summed.get(name, 0.0) + dollars
    return Bill(lines=summed)


def function_calls(name: str, *, calls: float, seconds: float) -> tuple[str, float]:
    """Each call of the topology's function takes so long, with the memory that it has there."""
    gigabytes = topology.function_named(name).memory_mb / 1024
    each = prices.FUNCTION_REQUEST + gigabytes * seconds * prices.FUNCTION_GB_SECOND
    return "Lambda", calls * each


def rest_requests(calls: float) -> tuple[str, float]:
    return "API Gateway", calls * prices.REST_REQUEST


def socket_traffic(*, messages: float, minutes: float) -> tuple[str, float]:
    """Messages in both directions, and the minutes of all connections."""
    return "API Gateway", messages * prices.SOCKET_MESSAGE + minutes * prices.SOCKET_MINUTE


def table_units(units: Units, *, times: float) -> tuple[str, float]:
    return "DynamoDB", times * (units.writes * prices.WRITE_UNIT + units.reads * prices.READ_UNIT)


def queue_requests(requests: float) -> tuple[str, float]:
    return "SQS", requests * prices.FIFO_QUEUE_REQUEST


def logs(size_bytes: float) -> tuple[str, float]:
    return "CloudWatch", size_bytes / 1e9 * prices.LOG_GB
