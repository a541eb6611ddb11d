"""What the fake model server does with a request: normal replies and the dialects of real services.

A scenario is a name with arguments, as in `normal:50:0.01`; `SCENARIOS` lists them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.fakes.model_answers import Answer, ReceivedRequest, as_json, chunk, usage

type Scenario = Callable[..., Awaitable[None]]

TOOL_CALLS = (("calculator", '{"expression": "6*7"}'), ("date_time", '{"operation": "now"}'))


async def _reply(answer: Answer, words: list[str], *, delay: float = 0) -> None:
    for word in words:
        await answer.event(chunk({"content": word}))
        if delay:
            await asyncio.sleep(delay)


async def _finish(answer: Answer, words: int, reason: str = "stop") -> None:
    await answer.event(chunk(finish_reason=reason))
    await answer.event({"id": "fake", "choices": [], "usage": usage(words)})
    await answer.done()
    await answer.end()


def _words(count: str | int) -> list[str]:
    return [f"word{index} " for index in range(int(count))]


async def normal(answer: Answer, _: ReceivedRequest, count: str = "5", delay: str = "0") -> None:
    """`count` words, `delay` seconds apart; usage in a chunk without choices; [DONE]."""
    await answer.begin()
    await answer.event(chunk({"role": "assistant", "content": ""}))
    await _reply(answer, _words(count), delay=float(delay))
    await _finish(answer, int(count))


async def flood(answer: Answer, _: ReceivedRequest, count: str = "10000", per_write: str = "20") -> None:
    """`count` words as fast as the connection takes them, several in one write."""
    await answer.begin()
    events = [f"data: {as_json(chunk({'content': word}))}\n\n" for word in _words(count)]
    size = int(per_write)
    for start in range(0, len(events), size):
        await answer.send("".join(events[start : start + size]))
    await _finish(answer, int(count))


async def pages(answer: Answer, _: ReceivedRequest, count: str = "3", characters: str = "1000") -> None:
    """As many pages of Chinese text, each in one piece."""
    await answer.begin()
    await _reply(answer, [f"第{number}页".ljust(int(characters), "文") for number in range(int(count))])
    await _finish(answer, int(count))


async def stamped(answer: Answer, _: ReceivedRequest, pause: str = "0") -> None:
    """After `pause` seconds, one word: `time.monotonic()` before the first byte. Then a pause again."""
    await asyncio.sleep(float(pause))
    word = str(time.monotonic())
    await answer.begin()
    await _reply(answer, [word], delay=float(pause))
    await _finish(answer, 1)


async def reasoning(answer: Answer, _: ReceivedRequest, field: str = "reasoning_content") -> None:
    """Thinking in the field named, then text."""
    await answer.begin()
    for word in ("Let ", "me ", "think."):
        await answer.event(chunk({"content": None, field: word}))
    await _reply(answer, _words(3))
    await _finish(answer, 6)


async def length(answer: Answer, _: ReceivedRequest, reason: str = "length") -> None:
    """A few words, then `finish_reason` as named."""
    await answer.begin()
    await _reply(answer, _words(3))
    await _finish(answer, 3, reason)


async def usage_with_last(answer: Answer, _: ReceivedRequest) -> None:
    await answer.begin()
    await _reply(answer, _words(3))
    await answer.event(chunk(finish_reason="stop", usage=usage(3)))
    await answer.done()
    await answer.end()


async def no_usage(answer: Answer, _: ReceivedRequest) -> None:
    await answer.begin()
    await _reply(answer, _words(3))
    await answer.event(chunk(finish_reason="stop"))
    await answer.done()
    await answer.end()


async def no_done(answer: Answer, _: ReceivedRequest) -> None:
    await answer.begin()
    await _reply(answer, _words(3))
    await answer.event(chunk(finish_reason="stop"))
    await answer.end()


async def no_finish(answer: Answer, _: ReceivedRequest) -> None:
    """Words and [DONE], with no `finish_reason`."""
    await answer.begin()
    await _reply(answer, _words(3))
    await answer.done()
    await answer.end()


async def open_end(answer: Answer, _: ReceivedRequest) -> None:
    """A complete reply, but neither [DONE] nor the end of the body."""
    await answer.begin()
    await _reply(answer, _words(3))
    await answer.event(chunk(finish_reason="stop"))
    await answer.hang()


async def comments(answer: Answer, _: ReceivedRequest) -> None:
    """A byte order mark, comments, event names, ids and data in several lines."""
    await answer.begin()
    await answer.send(b"\xef\xbb\xbf: welcome\n\n")
    for word in _words(3):
        head, _comma, tail = as_json(chunk({"content": word})).partition(",")
        await answer.send(f": keep-alive\n\nevent: message\nid: 7\nretry: 10\ndata:{head},\ndata: {tail}\n\n")
    await _finish(answer, 3)


async def crlf(answer: Answer, request: ReceivedRequest) -> None:
    answer.separator = "\r\n"
    await normal(answer, request)


async def trickle(answer: Answer, _: ReceivedRequest, count: str = "3", delay: str = "0") -> None:
    """Every byte by itself."""
    await answer.begin()
    events = [*(chunk({"content": f"字{word}"}) for word in _words(count)), chunk(finish_reason="stop")]
    text = "".join(f"data: {as_json(event)}\r\n\r\n" for event in events) + "data: [DONE]\r\n\r\n"
    for byte in text.encode():
        await answer.send(bytes([byte]))
        await asyncio.sleep(float(delay))
    await answer.end()


async def whole(answer: Answer, request: ReceivedRequest) -> None:
    """A completion in one piece of JSON, though a stream was asked for."""
    message: dict[str, Any] = {"role": "assistant", "content": "all at once", "reasoning_content": "Hm."}
    if request.body.get("tools") and not request.tool_results:
        message["tool_calls"] = [_call(name, arguments, id=f"id_{name}") for name, arguments in TOOL_CALLS]
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    await answer.whole(200, as_json({"object": "chat.completion", "choices": [choice], "usage": usage(3)}))


def _call(name: str | None, arguments: str, **more: Any) -> dict[str, Any]:
    function = {"arguments": arguments} if name is None else {"name": name, "arguments": arguments}
    return {"type": "function", "function": function, **more}


async def _tell_results(answer: Answer, request: ReceivedRequest) -> None:
    await answer.begin()
    await _reply(answer, ["The tools said: ", " and ".join(request.tool_results)])
    await _finish(answer, 2)


async def tools(answer: Answer, request: ReceivedRequest, dialect: str = "split") -> None:
    """Two calls in a service's dialect (see `_pieces`); their results are told in the next round."""
    if request.tool_results:
        await _tell_results(answer, request)
        return
    await answer.begin()
    await _reply(answer, ["Let me see. "])
    for pieces in _pieces(dialect):
        delta = {"function_call": pieces[0]["function"]} if dialect == "legacy" else {"tool_calls": pieces}
        await answer.event(chunk(delta))
    await _finish(answer, 5, "function_call" if dialect == "legacy" else "tool_calls")


def _pieces(dialect: str) -> list[list[dict[str, Any]]]:
    (first, first_arguments), (second, second_arguments) = TOOL_CALLS
    if dialect == "split":
        # The two calls interleaved, a character at a time; id and name only in the first piece.
        names = [[_call(first, "", index=0, id="id_a"), _call(second, "", index=1, id="id_b")]]
        zipped = zip(first_arguments.ljust(30), second_arguments.ljust(30), strict=True)
        return names + [[_call(None, a, index=0), _call(None, b, index=1)] for a, b in zipped]
    if dialect == "whole":
        return [[_call(first, first_arguments, id="id_a"), _call(second, second_arguments, id="id_b")]]
    if dialect == "same-index":
        calls = [(first, first_arguments, "id_a"), (second, second_arguments, "id_b")]
        return [[_call(name, arguments, index=0, id=id)] for name, arguments, id in calls]
    if dialect == "no-id":
        return [[_call(name, arguments, index=index)] for index, (name, arguments) in enumerate(TOOL_CALLS)]
    if dialect == "object":
        return [
            [_call(first, "", index=0) | {"function": {"name": first, "arguments": {"expression": "6*7"}}}]
        ]
    if dialect == "no-arguments":
        return [[_call(second, "", index=0, id="id_a")]]
    if dialect == "nameless":
        return [[_call(None, "{}", index=0, id="id_a")]]
    assert dialect == "legacy", dialect
    return [[_call(first, "")], [_call(None, first_arguments[:9])], [_call(None, first_arguments[9:])]]
