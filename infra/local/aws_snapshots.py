"""The tables of the AWS host as a file, so that data survive a restart.

Definitions are read and made again through DynamoDB's own operations. Items are taken from moto directly: a
scan through the API takes fifty times as long.
"""

import base64
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

type State = dict[str, Any]

_FORMAT = 1
_BYTES = "base64 bytes"
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


class UnreadableSnapshotError(Exception):
    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"The saved data in {path} cannot be read ({reason})")


class DynamoSnapshot:
    def __init__(self, path: Path, application: "WSGIApplication") -> None:
        self._path = path
        self._client = Client(application)

    def restore(self) -> None:
        """Raises `UnreadableSnapshotError`. No file: nothing to restore."""
        try:
            state = json.loads(self._path.read_bytes(), object_hook=_decode_bytes)
            if state["format"] != _FORMAT:
                raise ValueError(f"format {state['format']}")
            for table in state["tables"]:
                self._restore_table(table)
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableSnapshotError(self._path, error) from error

    def capture(self) -> State:
        """The whole state. No request may be under way meanwhile."""
        names = self._call("ListTables", {})["TableNames"]
        return {"format": _FORMAT, "tables": [self._capture_table(name) for name in names]}

    def write(self, state: State) -> None:
        """Replaces the file at once or not at all. It holds what people said: for its owner's eyes only."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(state, file, ensure_ascii=False, separators=(",", ":"), default=_encode_bytes)
        draft.replace(self._path)

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


def _encode_bytes(value: object) -> dict[str, str]:
    """moto keeps a binary attribute as bytes."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in an item")
    return {_BYTES: base64.b64encode(value).decode()}


def _decode_bytes(value: State) -> Any:
    return base64.b64decode(value[_BYTES]) if value.keys() == {_BYTES} else value


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
