"""The loop of a reply: model, tools in parallel, model again, until it is done. It stores nothing."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from parley.chat.tool_runs import ToolRunner
from parley.domain.events import (
    FinishReason,
    ReplyDone,
    ReplyEvent,
    ReplyFailed,
    TextDelta,
    ThinkingDelta,
    ToolReturned,
    Usage,
)
from parley.models.tokens import estimate_tokens
from parley.models.types import ChatModel, ChatTurn, ModelError, ModelFinished, ModelRequest, ToolRequest
from parley.tracing import traced

MAX_TOOL_ROUNDS = 8


class _Reply:
    """What the rounds of one reply share: the growing request, the tokens, the last round's outcome."""

    def __init__(self, request: ModelRequest) -> None:
        self.request = request
        self.finished = ModelFinished(finish_reason=FinishReason.STOP)
        self._usage = Usage()
        self._round_text: list[str] = []
        self._is_round_open = False

    def begin_round(self) -> None:
        self._is_round_open = True

    def take(self, event: TextDelta | ThinkingDelta) -> None:
        if isinstance(event, TextDelta):
            self._round_text.append(event.content)

    def finish_round(self, finished: ModelFinished) -> None:
        self.finished = finished
        self._usage += finished.usage or self._estimated_usage()
        self._is_round_open = False

    def _estimated_usage(self) -> Usage:
        """For services that count nothing."""
        return Usage(
            prompt_tokens=sum(estimate_tokens(turn.content) for turn in self.request.turns),
            completion_tokens=estimate_tokens("".join(self._round_text)),
        )

    def add_results(self, requests: Sequence[ToolRequest], results: Sequence[ToolReturned]) -> None:
        turns = [
            *self.request.turns,
            ChatTurn(
                role="assistant",
                content="".join(self._round_text),
                tool_requests=tuple(requests),
                continuation=self.finished.continuation,
            ),
            *(ChatTurn(role="tool", content=result.content, tool_request_id=result.id) for result in results),
        ]
        self.request = replace(self.request, turns=turns)
        self._round_text = []

    def done(self, message_id: str, finish_reason: FinishReason) -> ReplyDone:
        return ReplyDone(
            message_id=message_id,
            token_count=self._usage.completion_tokens,
            usage=self._usage,
            finish_reason=finish_reason,
        )

    def broken_off(self, message_id: str, finish_reason: FinishReason) -> ReplyDone:
        """Where the open round has come to is estimated: nobody has counted it."""
        if self._is_round_open:
            self.finish_round(ModelFinished(finish_reason=finish_reason))
        return self.done(message_id, finish_reason)

    def failed(self, error: ModelError) -> ReplyFailed:
        """With the tokens of the rounds that ended well; nobody has counted the broken one's."""
        return ReplyFailed(content=error.reason, type=error.type, usage=self._usage)


class ReplyEngine:
    """Runs one reply."""

    def __init__(self, model: ChatModel, tools: ToolRunner) -> None:
        self._model = model
        self._tools = tools
        self._reply: _Reply | None = None

    def broken_off(self, message_id: str, finish_reason: FinishReason) -> ReplyDone:
        """The last event of a reply whose `run` was closed before its end."""
        reply = self._reply or _Reply(ModelRequest(model="", turns=()))
        return reply.broken_off(message_id, finish_reason)

    async def run(self, request: ModelRequest, *, message_id: str) -> AsyncGenerator[ReplyEvent]:
        """Yields deltas and tool events, then exactly one `ReplyDone` or `ReplyFailed`.

        A model may ask for tools in `MAX_TOOL_ROUNDS` rounds; if it wants more, the reply ends with
        `tool_limit`. Closing the generator closes the model's connection.
        """
        reply = self._reply = _Reply(request)
        try:
            for _ in range(MAX_TOOL_ROUNDS):
                async with aclosing(self._round(reply)) as events:
                    async for event in events:
                        yield event
                if reply.finished.tool_requests == ():
                    yield reply.done(message_id, reply.finished.finish_reason)
                    return
            yield reply.done(message_id, FinishReason.TOOL_LIMIT)
        except ModelError as error:
            yield reply.failed(error)

    async def _round(self, reply: _Reply) -> AsyncGenerator[ReplyEvent]:
        reply.begin_round()
        with traced("model", model=reply.request.model):
            async with aclosing(self._model.stream(reply.request)) as events:
                async for event in events:
                    if isinstance(event, ModelFinished):
                        reply.finish_round(event)
                        break
                    reply.take(event)
                    yield event
        requests = reply.finished.tool_requests
        if not requests:
            return
        for request in requests:
            yield self._tools.announce(request)
        runs = [asyncio.ensure_future(self._tools.run(request)) for request in requests]
        try:
            async for run in asyncio.as_completed(runs):
                yield run.result()
        finally:
            for run in runs:
                run.cancel()
        reply.add_results(requests, [run.result() for run in runs])
