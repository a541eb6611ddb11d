"""How long the function may still run, as a dependency of routes that take their time."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

type SecondsLeft = Callable[[], float] | None


def seconds_left(request: Request) -> SecondsLeft:
    """None where no Lambda runtime says so."""
    context = request.scope.get("aws.context")
    remaining_ms = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining_ms is None else lambda: float(remaining_ms()) / 1000


SecondsLeftDep = Annotated[SecondsLeft, Depends(seconds_left)]
