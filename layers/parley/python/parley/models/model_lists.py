"""The names of a service's models, in the shapes that services list them."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from pydantic_core import from_json

from parley.models.service_client import refusal_of
from parley.models.service_stream import ServiceStream

MAX_LISTED_MODELS = 1000

_MAX_PAGES = 10
_MAX_PAGE_BYTES = 8 * 1024 * 1024
_MAX_NAME_CHARACTERS = 300
# The service has no such list. Anything else that is no success concerns the user: the key, the address.
_NO_LIST_STATUSES = (404, 405, 501)

_LIST_FIELDS = ("data", "models", "items")
_NAME_FIELDS = ("id", "model", "name")


async def read_model_names(
    fetch: Callable[[str | None], Awaitable[ServiceStream]],
) -> list[str] | None:
    """`fetch` gets the page after the model named. None where there is no list; no name comes twice.

    Raises `ModelError` for a refusal, httpx's errors and `TimeoutError`.
    """
    names: dict[str, None] = {}
    after: str | None = None
    for _ in range(_MAX_PAGES):
        payload = await _payload(await fetch(after))
        entries = _entries(payload)
        if entries is None:
            return list(names) or None
        known = len(names)
        names |= dict.fromkeys(_names(entries))
        after = _next_page(payload)
        if after is None or len(names) == known or len(names) >= MAX_LISTED_MODELS:
            break
    return list(names)[:MAX_LISTED_MODELS]


async def _payload(answer: ServiceStream) -> Any:
    if answer.status in _NO_LIST_STATUSES:
        await answer.close()
        return None
    if not 200 <= answer.status < 300:
        raise await refusal_of(answer)
    try:
        return from_json(await answer.read_all(_MAX_PAGE_BYTES))
    except ValueError:
        return None
    finally:
        await answer.close(is_ending=True)


def _entries(payload: Any) -> list[Any] | None:
    if isinstance(payload, dict):
        payload = next((payload[field] for field in _LIST_FIELDS if field in payload), None)
    return payload if isinstance(payload, list) else None


def _names(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        name = entry
        if isinstance(entry, dict):
            name = next((entry[field] for field in _NAME_FIELDS if entry.get(field)), None)
        if isinstance(name, str) and 0 < len(name) <= _MAX_NAME_CHARACTERS:
            yield name


def _next_page(payload: Any) -> str | None:
    """As Anthropic's list says that there is more."""
    if not isinstance(payload, dict) or not payload.get("has_more"):
        return None
    last = payload.get("last_id")
    return last if isinstance(last, str) else None
