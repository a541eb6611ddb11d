"""How the fake model server lists its models: `…/v1/models`, in the shape that the path before it names."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from tests.fakes.model_answers import Answer, ReceivedRequest, as_json
from tests.fakes.model_misbehaviour import status

type Listing = Callable[[Answer, ReceivedRequest, str], Awaitable[None]]

_PAGES = {None: ("claude-a", "claude-b"), "claude-b": ("claude-c", "claude-d"), "claude-d": ("claude-e",)}


async def openai_or_anthropic(answer: Answer, request: ReceivedRequest, query: str) -> None:
    if "anthropic-version" in request.headers:
        await _anthropic(answer, query)
    else:
        models = [{"id": "fake", "object": "model"}, {"id": "fake-large", "object": "model"}]
        await answer.whole(200, as_json({"object": "list", "data": models}))


async def _anthropic(answer: Answer, query: str) -> None:
    names = _PAGES[parse_qs(query).get("after_id", [None])[0]]
    page = {
        "data": [{"type": "model", "id": name, "display_name": name.title()} for name in names],
        "has_more": names[-1] in _PAGES,
        "first_id": names[0],
        "last_id": names[-1],
    }
    await answer.whole(200, as_json(page))


def _body(body: str, content_type: str = "application/json") -> Listing:
    async def listing(answer: Answer, _: ReceivedRequest, _query: str) -> None:
        await answer.whole(200, body, content_type)

    return listing


def _status(code: int, form: str = "json") -> Listing:
    async def listing(answer: Answer, request: ReceivedRequest, _: str) -> None:
        await status(answer, request, str(code), form)

    return listing


async def _endless(answer: Answer, _: ReceivedRequest, _query: str) -> None:
    """The same page, for ever."""
    await answer.whole(200, as_json({"data": [{"id": "same"}], "has_more": True, "last_id": "same"}))


async def _silent(answer: Answer, _: ReceivedRequest, _query: str) -> None:
    await answer.hang()


MODEL_LISTS: dict[str, Listing] = {
    "": openai_or_anthropic,
    "ollama": _body(
        as_json({"models": [{"name": "llama3.2:3b", "model": "llama3.2:3b"}, {"name": "qwen3"}]})
    ),
    "bare": _body(as_json(["one", "two", "one"])),
    "odd": _body(as_json({"data": [{"id": "good"}, {"id": 5}, {}, None, 7, {"id": "x" * 1000}]})),
    "many": _body(as_json({"data": [{"id": f"model-{number}"} for number in range(3000)]})),
    "no-list": _body(as_json({"status": "fine"})),
    "page": _body("<html></html>", "text/html"),
    "missing": _status(404),
    "method": _status(405),
    "unimplemented": _status(501, "empty"),
    "denied": _status(401, "echo"),
    "broken": _status(500),
    "endless": _endless,
    "silent": _silent,
}
