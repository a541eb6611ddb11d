"""Failures of DynamoDB and untimely writes of others, put between the client and the tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError


class DynamoFaults:
    """The calls that are to fail next, and how: nothing of them is done, unless only their answer is lost.

    `calls` are all that were made.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._next: dict[str, list[ClientError]] = {}
        self._forestall: dict[str, Callable[[], object]] = {}
        self._answers_until_loss: dict[str, int] = {}

    def fail(self, operation: str, *, times: int = 1) -> None:
        """As when the service is out of order."""
        error: Any = {"Error": {"Code": "InternalServerError", "Message": "out of order"}}
        self._next.setdefault(operation, []).extend([ClientError(error, operation)] * times)

    def meet_transaction(self, operation: str, *, times: int = 1) -> None:
        """As when another transaction holds the item; moto knows no such moment."""
        error: Any = {"Error": {"Code": "TransactionConflictException", "Message": "ongoing"}}
        if operation == "TransactWriteItems":
            error = {
                "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
                "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
            }
        self._next.setdefault(operation, []).extend([ClientError(error, operation)] * times)

    def forestall(self, operation: str, action: Callable[[], object]) -> None:
        """Somebody else does something just before the next such call arrives."""
        self._forestall[operation] = action

    def lose_answer(self, operation: str, *, after: int = 0) -> None:
        """Such a call is done, `after` others of its kind, but the client learns nothing and repeats it."""
        self._answers_until_loss[operation] = after

    def forget(self) -> None:
        """What has not come to pass will not."""
        self._next.clear()
        self._forestall.clear()
        self._answers_until_loss.clear()

    def strike(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        if action := self._forestall.pop(model.name, None):
            action()
        if waiting := self._next.get(model.name):
            raise waiting.pop(0)

    def repeat(self, operation: Any, **_: Any) -> int | None:
        """0 makes botocore send the request again at once."""
        left = self._answers_until_loss.pop(operation.name, None)
        if left:
            self._answers_until_loss[operation.name] = left - 1
        return 0 if left == 0 else None


@contextmanager
def dynamo_faults(client: Any) -> Iterator[DynamoFaults]:
    faults = DynamoFaults()
    client.meta.events.register_first("before-call.dynamodb", faults.strike)
    client.meta.events.register_first("needs-retry.dynamodb", faults.repeat)
    try:
        yield faults
    finally:
        client.meta.events.unregister("before-call.dynamodb", faults.strike)
        client.meta.events.unregister("needs-retry.dynamodb", faults.repeat)
