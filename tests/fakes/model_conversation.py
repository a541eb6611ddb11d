"""The same conversation in each protocol: a thought where one is asked for, a call, and its result told.

A service that had signed a thought refuses to go on without it, as the real ones do.
"""

import json

from tests.fakes import anthropic_answers as anthropic
from tests.fakes import bedrock_answers as bedrock
from tests.fakes.model_answers import Answer, ReceivedRequest, chunk, usage

CALL = ("calculator", '{"expression": "6*7"}')
SAID = ("Let me ", "count. ")
_UNSIGNED = "Expected `thinking` with its signature, but found `text`"


def _told(request: ReceivedRequest) -> tuple[str, str]:
    [result] = request.tool_results
    return "It is ", f"{json.loads(result)['result']}."


async def openai(answer: Answer, request: ReceivedRequest) -> None:
    await answer.begin()
    if request.tool_results:
        deltas = [{"content": word} for word in _told(request)]
    else:
        is_thinking = request.body.get("thinking") == {"type": "enabled"}
        name, arguments = CALL
        function = {"name": name, "arguments": arguments}
        call = {"index": 0, "id": "call_a", "type": "function", "function": function}
        deltas = [{"reasoning_content": "Let me think."}] if is_thinking else []
        deltas += [{"content": word} for word in SAID] + [{"tool_calls": [call]}]
    for delta in deltas:
        await answer.event(chunk(delta))
    await answer.event(chunk(finish_reason="stop" if request.tool_results else "tool_calls", usage=usage(5)))
    await answer.done()
    await answer.end()


async def messages(answer: Answer, request: ReceivedRequest) -> None:
    is_thinking = "thinking" in request.body
    thought = {"type": "thinking", "thinking": "Let me think.", "signature": anthropic.SIGNATURE}
    if not request.tool_results:
        thinking = anthropic.thinking(0) if is_thinking else ()
        call = anthropic.call(2, "toolu_a", *CALL)
        events = [*thinking, *anthropic.text(1, *SAID), *call, *anthropic.end(5, "tool_use")]
    elif is_thinking and request.body["messages"][-2]["content"][0] != thought:
        await anthropic.refuse(answer, _UNSIGNED)
        return
    else:
        events = [*anthropic.text(0, *_told(request)), *anthropic.end(5)]
    await anthropic.message(answer, [anthropic.start(), *events])


async def converse(answer: Answer, request: ReceivedRequest) -> None:
    is_thinking = "additionalModelRequestFields" in request.body
    text = {"text": "Let me think.", "signature": bedrock.SIGNATURE}
    if not request.tool_results:
        thinking = bedrock.thinking(0) if is_thinking else ()
        call = bedrock.call(2, "tooluse_a", *CALL)
        events = [*thinking, *bedrock.text(1, *SAID), *call, *bedrock.end(5, "tool_use")]
    elif is_thinking and request.body["messages"][-2]["content"][0] != {
        "reasoningContent": {"reasoningText": text}
    }:
        await bedrock.refuse(answer, 400, "ValidationException", _UNSIGNED)
        return
    else:
        events = [*bedrock.text(0, *_told(request)), *bedrock.end(5)]
    await bedrock.message(answer, events)
