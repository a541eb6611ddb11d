"""The base of all items: string keys, a table bound at start-up, one botocore client for all tables."""

from typing import Any, ClassVar

from pynamodb.attributes import Attribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model


class Item(Model):
    """`expires_at_epoch` is DynamoDB's TTL, in seconds. The service removes late: readers check the time."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at_epoch = NumberAttribute(null=True)

    _first_connection: ClassVar[Connection | None] = None

    @classmethod
    def _get_connection(cls) -> TableConnection:
        """pynamodb builds a botocore client for each model, about 60 ms of cold start; they share one."""
        table = super()._get_connection()
        first = Item._first_connection
        if first is None:
            Item._first_connection = table.connection
        elif table.connection is not first and table.connection._client is None:
            table.connection._client = first.client
        return table

    @classmethod
    def connection(cls) -> Connection:
        """For transactions."""
        return cls._get_connection().connection

    @classmethod
    def bind(cls, table_name: str) -> None:
        """Say which table this item lives in. Called by the wiring, before the first use."""
        meta: Any = cls.Meta
        meta.table_name = table_name

    @classmethod
    def forget_connection(cls) -> None:
        """Build new clients at the next use: for tests, whose endpoints come and go."""
        Item._first_connection = None
        cls._connection = None


def assign(attribute: Attribute[Any], value: Any) -> Action:
    """None removes: an absent attribute is how a table says null. pynamodb takes no tuple for a list."""
    if value is None:
        return attribute.remove()
    return attribute.set(list(value) if isinstance(value, tuple) else value)


def same(attribute: Attribute[Any], value: Any) -> Condition:
    condition: Condition = attribute.does_not_exist() if value is None else attribute == value
    return condition


def differs(attribute: Attribute[Any], value: Any) -> Condition:
    condition: Condition = attribute.does_not_exist() | (attribute != value)
    return condition


def condition_failed(error: PynamoDBException) -> bool:
    """Whether the condition did not hold, not: another transaction was met, or the service failed."""
    return bool(_codes(error) & {"ConditionalCheckFailed", "ConditionalCheckFailedException"})


def met_transaction(error: PynamoDBException) -> bool:
    """Whether all that stood in the way was another transaction on the same item; it ends in a moment."""
    return not condition_failed(error) and bool(
        _codes(error) & {"TransactionConflict", "TransactionConflictException"}
    )


def _codes(error: PynamoDBException) -> set[str | None]:
    if isinstance(error, TransactWriteError):
        return {reason.code for reason in error.cancellation_reasons if reason}
    return {error.cause_response_code}
