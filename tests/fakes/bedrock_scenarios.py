"""What the fake model server does with a request to Bedrock's ConverseStream; see `model_scenarios`."""

from tests.fakes import model_misbehaviour
from tests.fakes.bedrock_answers import (
    begin,
    call,
    end,
    event_frame,
    exception_frame,
    frame,
    message,
    redacted,
    refuse,
    text,
    thinking,
    words,
)
from tests.fakes.model_answers import Answer, ReceivedRequest, as_json
from tests.fakes.model_scenarios import TOOL_CALLS, Scenario

ACCOUNT = "123456789012"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/parley-messages/parley-messages"
MODEL = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/some-model"


async def normal(answer: Answer, _: ReceivedRequest, count: str = "5") -> None:
    await message(answer, [*text(0, *words(count)), *end(int(count))])


async def trickle(answer: Answer, _: ReceivedRequest) -> None:
    """Every byte by itself: thinking, text and a call."""
    calls = call(2, "tooluse_a", *TOOL_CALLS[0])
    events = [*thinking(0), *text(1, "字", "é 😀"), *calls, *end(3, "tool_use")]
    await begin(answer)
    for byte in b"".join(map(event_frame, events)):
        await answer.send(bytes([byte]))
    await answer.end()


async def reasoning(answer: Answer, _: ReceivedRequest) -> None:
    """Thinking that is told, thinking that is not, then text."""
    await message(answer, [*thinking(0), *redacted(1), *text(2, *words(3)), *end(6)])


async def stops(answer: Answer, _: ReceivedRequest, reason: str) -> None:
    """A few words, then `stopReason` as named."""
    await message(answer, [*text(0, *words(3)), *end(3, reason)])


async def no_end(answer: Answer, _: ReceivedRequest) -> None:
    """A complete reply, but neither usage nor the end of the body."""
    await begin(answer)
    for event in [*text(0, *words(3)), *list(end(3))[:1]]:
        await answer.send(event_frame(event))
    await answer.hang()


async def tools(answer: Answer, request: ReceivedRequest) -> None:
    """Thinking and two calls, a character at a time; then their results are told."""
    if request.tool_results:
        told = " and ".join(request.tool_results)
        await message(answer, [*text(0, "The tools said: ", told), *end(2)])
        return
    thought = [*thinking(0), *redacted(1)] if "additionalModelRequestFields" in request.body else []
    (first, first_arguments), (second, second_arguments) = TOOL_CALLS
    calls = [
        *call(3, "tooluse_a", first, first_arguments),
        *call(4, "tooluse_b", second, second_arguments),
    ]
    await message(answer, [*thought, *text(2, "Let me see. "), *calls, *end(5, "tool_use")])


async def capped(answer: Answer, request: ReceivedRequest, limit: str) -> None:
    """A model that writes `limit` tokens at most, and says so as Bedrock does."""
    if request.body["inferenceConfig"]["maxTokens"] > int(limit):
        said = f"The maximum tokens you requested exceeds the model limit of {limit}. Try again with less."
        await refuse(answer, 400, "ValidationException", said)
    else:
        await message(answer, [*text(0, "fine"), *end(1)])


async def without(answer: Answer, request: ReceivedRequest, field: str, said: str) -> None:
    """A model that refuses a field, in these words."""
    if field in request.body or field in request.body["inferenceConfig"]:
        await refuse(answer, 400, "ValidationException", said.replace("-", " "))
    else:
        await message(answer, [*text(0, "fine"), *end(1)])


async def denied(answer: Answer, _: ReceivedRequest) -> None:
    action = "bedrock:InvokeModelWithResponseStream"
    said = f"User: {ROLE} is not authorized to perform: {action} on resource: {MODEL}"
    await refuse(answer, 403, "AccessDeniedException", said)


async def refused(answer: Answer, _: ReceivedRequest, status: str, code: str) -> None:
    await refuse(answer, int(status), code, "No such luck")


async def exception(answer: Answer, _: ReceivedRequest, name: str, after: str = "half ") -> None:
    """An exception in the stream, after some words or none."""
    await begin(answer)
    for event in text(0, after) if after else ():
        await answer.send(event_frame(event))
    await answer.send(exception_frame(name, "The engine is on fire"))
    await answer.hang()


async def half(answer: Answer, _: ReceivedRequest, then: str = "end") -> None:
    """Half a reply, then what is named: the end of the body, a cut, silence, or no event."""
    await begin(answer)
    whole = event_frame(next(text(0, "half ")))
    await answer.send(whole)
    match then:
        case "cut":
            await answer.send(whole[:20])
            answer.cut()
        case "garbage":
            await answer.send(b"data: this is no frame at all, nor has it a checksum\n\n")
        case "corrupt":
            await answer.send(whole[:-10] + bytes(10))
        case "not-json":
            headers = {":message-type": "event", ":event-type": "contentBlockDelta"}
            await answer.send(frame(headers, b"<oops>"))
    if then != "end":
        await answer.hang()
    await answer.end()


async def foundation_models(answer: Answer, _: ReceivedRequest) -> None:
    on_demand = {"responseStreamingSupported": True, "inferenceTypesSupported": ["ON_DEMAND"]}
    summaries = [
        {"modelId": "amazon.nova-lite-v1:0", **on_demand},
        {"modelId": "amazon.slow-v1:0", **on_demand, "responseStreamingSupported": False},
        {"modelId": "anthropic.claude-opus-5", **on_demand, "inferenceTypesSupported": ["INFERENCE_PROFILE"]},
    ]
    models = [{"modelArn": f"arn:aws:bedrock:::{one['modelId']}", **one} for one in summaries]
    await answer.whole(200, as_json({"modelSummaries": models}))


async def inference_profiles(answer: Answer, request: ReceivedRequest) -> None:
    """Two pages."""

    def profile(id: str, type: str, status: str = "ACTIVE") -> dict[str, object]:
        arn = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{id}"
        return {
            "inferenceProfileName": id,
            "inferenceProfileArn": arn,
            "inferenceProfileId": id,
            "models": [],
            "status": status,
            "type": type,
        }

    if "nextToken" in request.path:
        page = {"inferenceProfileSummaries": [profile("own", "APPLICATION")]}
    else:
        profiles = [
            profile("us.anthropic.claude-opus-5", "SYSTEM_DEFINED"),
            profile("gone", "APPLICATION", "DELETING"),
        ]
        page = {"inferenceProfileSummaries": profiles, "nextToken": "2"}
    await answer.whole(200, as_json(page))


BEDROCK_LISTS: dict[str, Scenario] = {
    "/foundation-models": foundation_models,
    "/inference-profiles": inference_profiles,
}

BEDROCK_SCENARIOS: dict[str, Scenario] = {
    "normal": normal,
    "trickle": trickle,
    "reasoning": reasoning,
    "stops": stops,
    "no-end": no_end,
    "tools": tools,
    "capped": capped,
    "without": without,
    "denied": denied,
    "refused": refused,
    "exception": exception,
    "half": half,
    "closes": model_misbehaviour.closes,
    "hang": model_misbehaviour.hang,
    "status": model_misbehaviour.status,
}
