"""The tables of the AWS host as a file, so that data survive a restart.

Definitions are read and made again through DynamoDB's own operations. Items are taken from moto directly: a
scan through the API takes fifty times as long.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client

from infra.local.snapshot_files import State, UnreadableSnapshotError, read_state, write_state

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_FORMAT = 1
_REGION = "us-east-1"
_TABLE_KEYS = ("TableName", "AttributeDefinitions", "KeySchema")
_INDEX_KEYS = ("IndexName", "KeySchema", "Projection")
_HEADERS = {
    "Host": "localhost",
    "Content-Type": "application/x-amz-json-1.0",
    # moto reads service and region from the signature, and checks nothing else of it.
    "Authorization": (
        f"AWS4-HMAC-SHA256 Credential=local/20260101/{_REGION}/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0"
    ),
}


class DynamoSnapshot:
    def __init__(self, path: Path, application: "WSGIApplication") -> None:
        self._path = path
        self._client = Client(application)

    def restore(self) -> None:
        """Raises `UnreadableSnapshotError`. No file: nothing to restore."""
        try:
            state = read_state(self._path, format=_FORMAT)
            for table in state["tables"] if state else ():
                self._restore_table(table)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableSnapshotError(self._path, error) from error

    def capture(self) -> State:
        """The whole state. No request may be under way meanwhile."""
        names = self._call("ListTables", {})["TableNames"]
        return {"format": _FORMAT, "tables": [self._capture_table(name) for name in names]}

    def write(self, state: State) -> None:
        write_state(self._path, state)

    def _capture_table(self, name: str) -> State:
        description = self._call("DescribeTable", {"TableName": name})["Table"]
        ttl = self._call("DescribeTimeToLive", {"TableName": name})["TimeToLiveDescription"]
        return {
            "definition": _definition(description),
            "ttl_attribute": ttl.get("AttributeName"),
            "items": [item.to_json()["Attributes"] for item in _moto_table(name).all_items()],
        }

    def _restore_table(self, table: State) -> None:
        definition = table["definition"]
        self._call("CreateTable", definition)
        if table["ttl_attribute"]:
            specification = {"Enabled": True, "AttributeName": table["ttl_attribute"]}
            self._call(
                "UpdateTimeToLive",
                {"TableName": definition["TableName"], "TimeToLiveSpecification": specification},
            )
        put_item: Callable[[State], object] = _moto_table(definition["TableName"]).put_item
        for item in table["items"]:
            put_item(item)

    def _call(self, operation: str, body: State) -> State:
        headers = {**_HEADERS, "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        response = self._client.post("/", data=json.dumps(body), headers=headers)
        answer: State = json.loads(response.get_data())
        if response.status_code != 200:
            raise ValueError(f"{operation}: {answer}")
        return answer


def _definition(description: State) -> State:
    """What CreateTable needs of what DescribeTable tells."""
    definition = {key: description[key] for key in _TABLE_KEYS} | {"BillingMode": "PAY_PER_REQUEST"}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if indexes := description.get(kind):
            definition[kind] = [{key: index[key] for key in _INDEX_KEYS} for index in indexes]
    return definition


def _moto_table(name: str) -> Any:
    from moto.backends import get_backend
    from moto.core.models import DEFAULT_ACCOUNT_ID

    return get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][_REGION].get_table(name)
