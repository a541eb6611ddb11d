"""The KMS keys of the AWS host as a file: without their material, all that they sealed would be lost.

KMS gives no material out, so keys are taken from moto directly, and put back there.
"""

from pathlib import Path
from typing import Any

from infra.local.snapshot_files import State, UnreadableSnapshotError, read_state, write_state

_FORMAT = 1
_REGION = "us-east-1"
_KEPT = (
    "id",
    "arn",
    "creation_date",
    "enabled",
    "key_material",
    "key_rotation_status",
    "key_state",
    "key_usage",
    "multi_region",
)


class KeySnapshot:
    def __init__(self, path: Path) -> None:
        self._path = path

    def restore(self) -> None:
        """Raises `UnreadableSnapshotError`. No file: nothing to restore."""
        try:
            state = read_state(self._path, format=_FORMAT)
            for key in state["keys"] if state else ():
                _restore_key(key)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableSnapshotError(self._path, error) from error

    def capture(self) -> State:
        """No request that makes or changes a key may be under way meanwhile."""
        keys = [key for key in _backend().list_keys() if key.key_spec == "SYMMETRIC_DEFAULT"]
        return {"format": _FORMAT, "keys": [_state_of(key) for key in keys]}

    def write(self, state: State) -> None:
        write_state(self._path, state)


def _state_of(key: Any) -> State:
    kept = {name: getattr(key, name) for name in _KEPT}
    return {**kept, "description": key.description, "aliases": list(key.aliases)}


def _restore_key(state: State) -> None:
    backend = _backend()
    key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", state["description"], None)
    del backend.keys[key.id]
    for name in _KEPT:
        setattr(key, name, state[name])
    backend.keys[key.id] = key
    for alias in state["aliases"]:
        backend.create_alias(key.id, alias)


def _backend() -> Any:
    from moto.backends import get_backend
    from moto.core.models import DEFAULT_ACCOUNT_ID

    return get_backend("kms")[DEFAULT_ACCOUNT_ID][_REGION]
