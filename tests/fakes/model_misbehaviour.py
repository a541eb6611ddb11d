"""How the fake model server fails: on request, and each time in the same way."""

import asyncio

from tests.fakes.model_answers import Answer, ReceivedRequest, as_json, chunk
from tests.fakes.model_scenarios import Scenario


async def error_event(answer: Answer, _: ReceivedRequest, code: str = "server_error") -> None:
    """An error object where the first chunk of a 200 stream was due."""
    await answer.begin()
    await answer.event({"error": {"message": "The engine is on fire", "code": code}})
    await answer.done()
    await answer.end()


async def error_midway(answer: Answer, _: ReceivedRequest) -> None:
    await answer.begin()
    await answer.event(chunk({"content": "half "}))
    await answer.event({"error": {"message": "The engine is on fire"}})
    await answer.hang()


async def status(answer: Answer, request: ReceivedRequest, code: str = "500", form: str = "json") -> None:
    """A refusal with this status: `json`, `html`, `text`, `empty`, or `echo` of the key that was sent."""
    key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    body, content_type = {
        "json": (as_json({"error": {"message": "No such luck"}}), "application/json"),
        "html": ("<html><head><title>502 Bad\nGateway</title></head><body>nginx</body>", "text/html"),
        "text": ("x" * 5_000, "text/plain"),
        "empty": ("", "text/plain"),
        "echo": (as_json({"error": {"message": f"Bad key {key!r}: {key}"}}), "application/json"),
    }[form]
    await answer.whole(int(code), body, content_type)


async def busy(answer: Answer, _: ReceivedRequest, retry_after: str = "0", code: str = "429") -> None:
    """A refusal for now; `retry_after` empty leaves the header out."""
    headers = {"Retry_After": retry_after} if retry_after else {}
    await answer.whole(int(code), as_json({"error": {"message": "Slow down"}}), **headers)


async def refuses(answer: Answer, request: ReceivedRequest, *fields: str) -> None:
    """A 400 that names the first of the fields that the request has; a reply where it has none."""
    refused = next((field for field in fields if field in request.body), None)
    if refused:
        message = f"Unsupported value: {refused} does not support this"
        await answer.whole(400, as_json({"error": {"message": message}}))
    else:
        await answer.begin()
        await answer.event(chunk({"content": "fine"}, "stop"))
        await answer.end()


async def not_json(answer: Answer, _: ReceivedRequest) -> None:
    await answer.begin()
    await answer.event(chunk({"content": "half "}))
    await answer.send("data: <oops>\n\n")
    await answer.hang()


async def raw(answer: Answer, request: ReceivedRequest) -> None:
    """The event data that the user's message holds behind the first line, as it stands."""
    await answer.begin()
    await answer.send(f"data: {request.last_user_message.partition('\n')[2]}\n\n")
    await answer.done()
    await answer.end()


async def page(answer: Answer, _: ReceivedRequest) -> None:
    await answer.whole(200, "<html><title>Welcome</title></html>", "text/html")


async def no_completion(answer: Answer, _: ReceivedRequest) -> None:
    await answer.whole(200, as_json({"code": 1234, "msg": "quota used up", "success": False}))


async def cut(answer: Answer, _: ReceivedRequest, after: str = "3") -> None:
    """The connection closed after some words, in the middle of the next event."""
    await answer.begin()
    for index in range(int(after)):
        await answer.event(chunk({"content": f"word{index} "}))
    await answer.send('data: {"choices":[{"delta":{"content":"wo')
    answer.cut()


async def ends_early(answer: Answer, _: ReceivedRequest) -> None:
    """The body ended in good order, but not the reply."""
    await answer.begin()
    await answer.event(chunk({"content": "half "}))
    await answer.end()


async def closes(answer: Answer, _: ReceivedRequest) -> None:
    """The connection closed without an answer."""
    answer.cut()


async def hang(answer: Answer, _: ReceivedRequest, after: str = "") -> None:
    """Silence: at once, after the `headers`, or `midway`."""
    if after:
        await answer.begin()
    if after == "midway":
        await answer.event(chunk({"content": "half "}))
    await answer.hang()


async def slow_start(answer: Answer, _: ReceivedRequest, seconds: str = "0.3") -> None:
    await asyncio.sleep(float(seconds))
    await answer.begin()
    await answer.event(chunk({"content": "late"}, "stop"))
    await answer.done()
    await answer.end()


MISBEHAVIOUR: dict[str, Scenario] = {
    "error-event": error_event,
    "error-midway": error_midway,
    "status": status,
    "busy": busy,
    "refuses": refuses,
    "not-json": not_json,
    "raw": raw,
    "page": page,
    "no-completion": no_completion,
    "cut": cut,
    "ends-early": ends_early,
    "closes": closes,
    "hang": hang,
    "slow-start": slow_start,
}
