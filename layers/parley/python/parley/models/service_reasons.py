"""What a model's service said when it failed, fit for a user: its own words, shortened, without the key."""

import json
import re
from typing import Any

from parley.models.types import ModelError

_MAX_REASON_CHARACTERS = 500
_MIN_SECRET_CHARACTERS = 4

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_RATE_LIMIT = re.compile(r"rate.?limit|too many requests|\b429\b|overloaded", re.IGNORECASE)
_BUSY_STATUSES = (429, 529)


def redacted(error: ModelError, secret: str | None) -> ModelError:
    """Services echo the key that they refuse. Shortens only afterwards, so that no half of it remains."""
    reason = error.reason
    if secret and len(secret) >= _MIN_SECRET_CHARACTERS:
        reason = reason.replace(secret, "***")
    reason = " ".join(reason.split())
    if len(reason) > _MAX_REASON_CHARACTERS:
        reason = reason[:_MAX_REASON_CHARACTERS].rstrip() + "…"
    return ModelError(reason, type=error.type)


def refusal(status: int, body: bytes) -> ModelError:
    """The answer of a service with a status that is no success. `model_rate_limited` may pass with time."""
    said = _said(body.decode("utf-8", "replace"))
    reason = f"The model's service answered {status}" + (f": {said}" if said else ".")
    return ModelError(reason, type="model_rate_limited" if status in _BUSY_STATUSES else "model_rejected")


def reported_failure(payload: Any, *, is_midway: bool) -> ModelError | None:
    """The error object that a service put where a part of the reply was due, or None if this is none."""
    reason = reason_in(payload)
    if reason is None:
        return None
    type = "model_stream_broken" if is_midway else "model_rejected"
    if _RATE_LIMIT.search(json.dumps(payload, default=str)):
        type = "model_rate_limited"
    return ModelError(f"The model's service reported: {reason}", type=type)


def reason_in(payload: Any) -> str | None:
    """The message in the forms of error that services use: OpenAI's, FastAPI's, plain ones, lists of them."""
    if isinstance(payload, str):
        return payload or None
    if isinstance(payload, list):
        return next(filter(None, map(reason_in, payload)), None)
    if not isinstance(payload, dict):
        return None
    for key in ("error", "message", "msg", "detail", "error_msg", "errors"):
        if payload.get(key):
            found = reason_in(payload[key])
            return found or json.dumps(payload[key], ensure_ascii=False, default=str)
    return None


def _said(text: str) -> str | None:
    try:
        payload = json.loads(text)
    except ValueError:
        return without_markup(text) or None
    return reason_in(payload)


def without_markup(text: str) -> str:
    """Of a web page its title, which says what a proxy in between has to say."""
    title = _TITLE.search(text)
    return " ".join(_TAG.sub(" ", title[1] if title else text).split())


def timed_out() -> ModelError:
    return ModelError("The model's service did not answer in time.", type="model_timeout")
