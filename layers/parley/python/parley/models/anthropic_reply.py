"""Reads the events of a message of Anthropic's API, or a whole one, into the events of a model."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta, Usage
from parley.models.anthropic_blocks import begin, extend
from parley.models.reply_blocks import BlockCollector
from parley.models.service_json import broken, leniently_parsed, strange_part
from parley.models.service_reasons import reported_failure
from parley.models.types import ModelError, ModelFinished

_DONE = b"[DONE]"

# `pause_turn` is of tools that the service runs itself, which it is not given here: an end before the end.
_LENGTH = ("max_tokens", "model_context_window_exceeded", "pause_turn")
_INPUT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

type _Delta = TextDelta | ThinkingDelta


class MessageReader:
    """One reply. `is_complete` once nothing more is needed: what comes later is the end mark at most."""

    def __init__(self, *, thinking_enabled: bool) -> None:
        self._thinking_enabled = thinking_enabled
        self._blocks = BlockCollector()
        self._stop_reason: str | None = None
        self._explanation: str | None = None
        self._counts: dict[str, int] = {}
        self.is_done = False

    @property
    def is_complete(self) -> bool:
        return self.is_done or self._stop_reason is not None

    def read(self, data: bytes) -> Sequence[_Delta]:
        """The deltas of one event's data. Raises `ModelError` for an error event and for what is no JSON."""
        try:
            event = from_json(data)
        except ValueError:
            if data.strip() == _DONE:
                self.is_done = True
                return ()
            event = leniently_parsed(data)
        try:
            delta = self._read_event(event)
        except (AttributeError, TypeError, KeyError):
            raise strange_part() from None
        return (delta,) if delta and self._shows(delta) else ()

    def read_whole(self, body: bytes) -> Sequence[_Delta]:
        """A message that came at once, from a service that does not stream."""
        message = leniently_parsed(body)
        if not isinstance(message, dict) or not isinstance(message.get("content"), list):
            reason = "The model's service answered without a reply."
            raise reported_failure(message, is_midway=False) or ModelError(reason, type="model_rejected")
        try:
            deltas = [begin(self._blocks, index, block) for index, block in enumerate(message["content"])]
            self._end(message)
            self._count(message.get("usage"))
        except (AttributeError, TypeError, KeyError):
            raise strange_part() from None
        self.is_done = True
        return [delta for delta in deltas if delta and self._shows(delta)]

    def _read_event(self, event: Any) -> _Delta | None:
        match event["type"]:
            case "content_block_delta":
                return extend(self._blocks, event["index"], event["delta"])
            case "content_block_start":
                return begin(self._blocks, event["index"], event["content_block"])
            case "message_start":
                self._count(event["message"].get("usage"))
            case "message_delta":
                self._end(event["delta"])
                self._count(event.get("usage"))
            case "message_stop":
                self.is_done = True
            case "error":
                failure = reported_failure(event, is_midway=len(self._blocks) > 0)
                raise failure or broken("The model's service reported an error.")
            case str():
                pass  # pings, the ends of blocks, and what later versions bring
            case _:
                raise TypeError
        return None

    def _shows(self, delta: _Delta) -> bool:
        return self._thinking_enabled or isinstance(delta, TextDelta)

    def _end(self, delta: dict[str, Any]) -> None:
        self._stop_reason = delta.get("stop_reason") or self._stop_reason
        details = delta.get("stop_details")
        self._explanation = details.get("explanation") if details else self._explanation

    def _count(self, usage: Any) -> None:
        """Counts are of the whole message so far: the latest counts."""
        if isinstance(usage, dict):
            self._counts |= {name: count for name, count in usage.items() if isinstance(count, int)}

    def finished(self) -> ModelFinished:
        """The end. Raises `ModelError` where the stream was cut, refused, or held nothing."""
        reason = self._stop_reason
        if not self.is_complete:
            raise broken("The model's service broke off in the middle of the reply.")
        if reason is None and not self._blocks:
            raise broken("The model's service ended without a reply.")
        if reason == "refusal":
            said = f": {self._explanation}" if self._explanation else "."
            raise ModelError(f"The model refused to answer{said}", type="model_rejected")
        usage = self._usage()
        if reason in _LENGTH:
            # The last of the calls is cut, too, and running the others alone is not what the model meant.
            return ModelFinished(finish_reason=FinishReason.LENGTH, usage=usage)
        requests = self._blocks.requests()
        return ModelFinished(
            finish_reason=FinishReason.STOP,
            usage=usage,
            tool_requests=requests,
            continuation=self._blocks.continuation(requests),
        )

    def _usage(self) -> Usage | None:
        if "output_tokens" not in self._counts:
            return None
        prompt = sum(self._counts.get(name, 0) for name in _INPUT_COUNTS)
        return Usage(prompt_tokens=prompt, completion_tokens=self._counts["output_tokens"])
