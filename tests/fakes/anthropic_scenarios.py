"""What the fake model server does with a request to Anthropic's Messages API; see `model_scenarios`."""

from tests.fakes import anthropic_refusals, model_misbehaviour
from tests.fakes.anthropic_answers import (
    REDACTED,
    SIGNATURE,
    Event,
    block,
    call,
    end,
    message,
    send,
    start,
    text,
    thinking,
    words,
)
from tests.fakes.model_answers import Answer, ReceivedRequest, as_json
from tests.fakes.model_scenarios import TOOL_CALLS, Scenario


async def normal(answer: Answer, _: ReceivedRequest, count: str = "5") -> None:
    """`count` words with a ping among them."""
    ping = {"type": "ping"}
    await message(answer, [start(), ping, *text(0, *words(count)), ping, *end(int(count))])


async def crlf(answer: Answer, request: ReceivedRequest) -> None:
    answer.separator = "\r\n"
    await normal(answer, request)


async def trickle(answer: Answer, _: ReceivedRequest) -> None:
    """Every byte by itself: thinking, text and a call."""
    calls = call(2, "toolu_a", *TOOL_CALLS[0])
    events = [start(), *thinking(0), *text(1, "字", "é 😀"), *calls, *end(3, "tool_use")]
    await answer.begin()
    for byte in "".join(f"event: {event['type']}\ndata: {as_json(event)}\n\n" for event in events).encode():
        await answer.send(bytes([byte]))
    await answer.end()


async def reasoning(answer: Answer, _: ReceivedRequest) -> None:
    """Thinking that is told, thinking that is not, then text."""
    redacted = block(1, {"type": "redacted_thinking", "data": REDACTED})
    await message(answer, [start(), *thinking(0), *redacted, *text(2, *words(3)), *end(6)])


async def length(answer: Answer, _: ReceivedRequest, reason: str = "max_tokens") -> None:
    """A few words, then `stop_reason` as named."""
    await message(answer, [start(), *text(0, *words(3)), *end(3, reason)])


async def refusal(answer: Answer, _: ReceivedRequest, explanation: str = "") -> None:
    details = {"stop_details": {"type": "refusal", "explanation": explanation}} if explanation else {}
    await message(answer, [start(), *text(0, "Well, "), *end(2, "refusal", **details)])


async def no_end(answer: Answer, _: ReceivedRequest) -> None:
    """No `message_stop`, nor the end of the body."""
    await answer.begin()
    await send(answer, [start(), *text(0, *words(3)), *list(end(3))[:1]])
    await answer.hang()


async def no_usage(answer: Answer, _: ReceivedRequest) -> None:
    """As lean as services of others are: no start, no usage, an end mark of OpenAI's."""
    delta = {"type": "text_delta", "text": "word0 "}
    await answer.begin()
    await answer.event({"type": "content_block_delta", "index": 0, "delta": delta})
    await answer.event({"type": "something_new", "delta": {"stop_reason": None}})
    await answer.done()
    await answer.end()


async def whole(answer: Answer, request: ReceivedRequest) -> None:
    """A message in one piece of JSON, though a stream was asked for."""
    content: list[Event] = [
        {"type": "thinking", "thinking": "Hm.", "signature": SIGNATURE},
        {"type": "text", "text": "all at once"},
    ]
    if request.body.get("tools"):
        content.append(
            {"type": "tool_use", "id": "toolu_a", "name": "calculator", "input": {"expression": "6*7"}}
        )
    usage = {"input_tokens": 7, "output_tokens": 3}
    whole_message = {"type": "message", "content": content, "stop_reason": "end_turn", "usage": usage}
    await answer.whole(200, as_json(whole_message))


async def tools(answer: Answer, request: ReceivedRequest, dialect: str = "split") -> None:
    """Thinking and two calls, a character at a time or as `dialect` says; then their results are told."""
    if request.tool_results:
        told = " and ".join(request.tool_results)
        await message(answer, [start(), *text(0, "The tools said: ", told), *end(2)])
        return
    thought = list(thinking(0)) if "thinking" in request.body else []
    said = text(1, "Let me see. ")
    await message(answer, [start(), *thought, *said, *_calls(dialect), *end(5, "tool_use")])


def _calls(dialect: str) -> list[Event]:
    (first, first_arguments), (second, second_arguments) = TOOL_CALLS
    match dialect:
        case "split":
            return [
                *call(2, "toolu_a", first, first_arguments),
                *call(3, "toolu_b", second, second_arguments),
            ]
        case "no-arguments":
            return list(call(2, "toolu_a", second, []))
        case "no-id":
            return list(call(2, "", first, [first_arguments]))
        case "object":
            use = {"type": "tool_use", "id": "toolu_a", "name": first, "input": {"expression": "6*7"}}
            return list(block(2, use))
        case "broken":
            return list(call(2, "toolu_a", first, ['{"expression": ']))
    assert dialect == "nameless", dialect
    return list(call(2, "toolu_a", "", ["{}"]))


async def error_event(answer: Answer, _: ReceivedRequest, kind: str = "api_error", midway: str = "") -> None:
    await answer.begin()
    await send(answer, [start(), *(text(0, "half ") if midway else [])])
    error = {"type": kind, "message": "The engine is on fire"}
    await send(answer, [{"type": "error", "error": error}])
    await answer.hang()


async def half(answer: Answer, _: ReceivedRequest, then: str = "end") -> None:
    """Half a reply, then what is named: the end of the body, a cut, silence, or no JSON."""
    await answer.begin()
    await send(answer, list(text(0, "half "))[:2])
    if then == "garbage":
        await answer.send("event: content_block_delta\ndata: <oops>\n\n")
    if then == "cut":
        await answer.send('event: content_block_delta\ndata: {"type":"content_blo')
        answer.cut()
    if then in ("garbage", "silence"):
        await answer.hang()
    await answer.end()


ANTHROPIC_SCENARIOS: dict[str, Scenario] = {
    "normal": normal,
    "crlf": crlf,
    "trickle": trickle,
    "reasoning": reasoning,
    "length": length,
    "refusal": refusal,
    "no-end": no_end,
    "no-usage": no_usage,
    "whole": whole,
    "tools": tools,
    "capped": anthropic_refusals.capped,
    "insatiable": anthropic_refusals.insatiable,
    "thinks": anthropic_refusals.thinks,
    "without": anthropic_refusals.without,
    "error-event": error_event,
    "half": half,
    "status": model_misbehaviour.status,
    "busy": model_misbehaviour.busy,
    "raw": model_misbehaviour.raw,
    "page": model_misbehaviour.page,
    "no-completion": model_misbehaviour.no_completion,
    "closes": model_misbehaviour.closes,
    "hang": model_misbehaviour.hang,
}
