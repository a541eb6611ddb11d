"""JSON as services send it in their streams."""

import json
from typing import Any

from pydantic_core import from_json

from parley.models.types import ModelError


def broken(reason: str) -> ModelError:
    return ModelError(reason, type="model_stream_broken")


def strange_part() -> ModelError:
    return broken("The model's service sent something that is no part of a reply.")


def leniently_parsed(data: bytes) -> Any:
    """JSON with broken UTF-8 or half a surrogate pair, of a character cut between two deltas.

    Raises `ModelError` for what is no JSON.
    """
    try:
        parsed = json.loads(data.decode("utf-8", "replace"))
    except ValueError:
        raise broken("The model's service sent something that is not JSON.") from None
    return from_json(json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace"))


def json_object(text: str) -> dict[str, Any] | None:
    """The object that the text says, None where it says none: models get arguments wrong."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
