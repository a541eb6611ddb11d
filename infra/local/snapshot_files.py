"""State of the AWS host as a file of JSON, in which bytes may stand."""

import base64
import contextlib
import json
import os
from pathlib import Path
from typing import Any

type State = dict[str, Any]

_BYTES = "base64 bytes"


class UnreadableSnapshotError(Exception):
    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"The saved data in {path} cannot be read ({reason})")


def read_state(path: Path, *, format: int) -> State | None:
    """None where there is no file. Raises `OSError`, `ValueError`, `KeyError`, `TypeError`."""
    try:
        state: State = json.loads(path.read_bytes(), object_hook=_decode_bytes)
    except FileNotFoundError:
        return None
    if state["format"] != format:
        raise ValueError(f"format {state['format']}")
    return state


def write_state(path: Path, state: State) -> None:
    """Replaces the file at once or not at all. It holds what people said: for its owner's eyes only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(state, file, ensure_ascii=False, separators=(",", ":"), default=_encode_bytes)
    draft.replace(path)


def _encode_bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in a state")
    return {_BYTES: base64.b64encode(value).decode()}


def _decode_bytes(value: State) -> Any:
    return base64.b64decode(value[_BYTES]) if value.keys() == {_BYTES} else value
