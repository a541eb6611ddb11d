"""Models of the fake Messages API that refuse a part of what they are asked."""

from tests.fakes.anthropic_answers import end, message, refuse, start, text
from tests.fakes.model_answers import Answer, ReceivedRequest


async def capped(answer: Answer, request: ReceivedRequest, limit: str) -> None:
    """A model that writes `limit` tokens at most, and says so as Anthropic does."""
    asked = request.body["max_tokens"]
    if asked > int(limit):
        reason = f"max_tokens: {asked} > {limit}, which is the maximum allowed number of output tokens"
        await refuse(answer, f"{reason} for claude-3-5-sonnet-20241022")
    else:
        await message(answer, [start(), *text(0, "fine"), *end(1)])


async def insatiable(answer: Answer, request: ReceivedRequest) -> None:
    """Always one token less."""
    await refuse(answer, f"max_tokens must be at most {request.body['max_tokens'] - 1}")


async def thinks(answer: Answer, request: ReceivedRequest, kind: str = "") -> None:
    """A model that thinks in one way only, or not at all."""
    asked = request.body.get("thinking", {}).get("type", kind)
    if asked != kind:
        await refuse(answer, f'"thinking.type.{asked}" is not supported for this model.')
    else:
        await message(answer, [start(), *text(0, "fine"), *end(1)])


async def without(answer: Answer, request: ReceivedRequest, field: str, *words: str) -> None:
    """A model that refuses a field, in these words."""
    if field in request.body:
        await refuse(answer, " ".join([field, *words]))
    else:
        await message(answer, [start(), *text(0, "fine"), *end(1)])
