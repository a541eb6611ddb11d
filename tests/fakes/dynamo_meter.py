"""Measures what the calls of a client to DynamoDB cost, out of the items as they are stored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from infra.topology import TABLES
from tests.fakes.dynamo_capacity import Capacity, StoredItem, read_capacity, write_capacity
from tests.tables_on_moto import TABLE_NAMES

_TABLES = {TABLE_NAMES[table.name]: table for table in TABLES}
# A transaction is prepared and then committed.
_TRANSACTION_FACTOR = 2
_READS = ("BatchGetItem", "GetItem", "Query")


class DynamoMeter:
    """`observer` is another client: its reads of what is stored cost nothing."""

    def __init__(self, observer: Any) -> None:
        self._observer = observer
        self._is_paused = False
        self._counting = Lock()
        self.total = Capacity()
        self.calls: list[str] = []

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Somebody else's calls."""
        self._is_paused = True
        yield
        self._is_paused = False

    def before(self, model: Any, params: Any, context: dict[str, Any], **_: Any) -> None:
        if self._is_paused:
            return
        request = json.loads(params["body"])
        written = _written(request) if model.name not in _READS else []
        context["metered"] = request, [(table, key, self._stored(table, key)) for table, key in written]

    def after(self, model: Any, parsed: Any, context: dict[str, Any], **_: Any) -> None:
        if "metered" not in context:
            return
        request, written = context.pop("metered")
        self.calls.append(model.name)
        factor = _TRANSACTION_FACTOR if model.name == "TransactWriteItems" else 1
        changes = [(_TABLES[table], item, self._stored(table, key)) for table, key, item in written]
        cost = sum((write_capacity(*change) * factor for change in changes), Capacity())
        if not written:
            cost = self._read(request, parsed)
        with self._counting:
            self.total += cost

    def _read(self, request: dict[str, Any], parsed: dict[str, Any]) -> Capacity:
        """Each item of a batch is rounded up by itself."""
        if "RequestItems" in request:
            reads = (
                {"TableName": table, "Key": key, "ConsistentRead": wanted.get("ConsistentRead", False)}
                for table, wanted in request["RequestItems"].items()
                for key in wanted["Keys"]
            )
            return sum((self._read(read, {"Item": read["Key"]}) for read in reads), Capacity())
        assert "IndexName" not in request, "an index has other sizes"
        found = parsed.get("Items", [parsed["Item"]] if "Item" in parsed else [])
        table = request["TableName"]
        items = [self._stored(table, _key_of(table, item)) or {} for item in found]
        return read_capacity(items, consistent=request.get("ConsistentRead", False))

    def _stored(self, table: str, key: dict[str, Any]) -> StoredItem | None:
        item: StoredItem | None = self._observer.get_item(TableName=table, Key=key, ConsistentRead=True).get(
            "Item"
        )
        return item


def _written(request: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The tables and keys of what a call may change."""
    if "TransactItems" in request:
        return [
            each for item in request["TransactItems"] for action in item.values() for each in _written(action)
        ]
    if "RequestItems" in request:
        return [
            (table, _key_of(table, action.get("Item") or action["Key"]))
            for table, actions in request["RequestItems"].items()
            for wanted in actions
            for action in wanted.values()
        ]
    return [(request["TableName"], _key_of(request["TableName"], request.get("Item") or request["Key"]))]


def _key_of(table: str, item: StoredItem) -> dict[str, Any]:
    return {name: item[name] for name in (_TABLES[table].partition_key, _TABLES[table].sort_key)}


@contextmanager
def dynamo_meter(client: Any, observer: Any) -> Iterator[DynamoMeter]:
    meter, events = DynamoMeter(observer), client.meta.events
    events.register("before-call.dynamodb", meter.before)
    events.register("after-call.dynamodb", meter.after)
    try:
        yield meter
    finally:
        events.unregister("before-call.dynamodb", meter.before)
        events.unregister("after-call.dynamodb", meter.after)
