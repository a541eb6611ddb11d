"""Reads the chunks of a chat completion, or a whole one, into the events of a model."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta, Usage
from parley.models.openai_tool_calls import ToolCallCollector
from parley.models.service_json import broken, leniently_parsed, strange_part
from parley.models.service_reasons import reported_failure
from parley.models.types import ModelError, ModelFinished

_DONE = b"[DONE]"

_LENGTH = ("length", "max_tokens", "model_context_window_exceeded")
_FILTERED = ("content_filter", "sensitive")
_FAILED = ("error", "network_error", "insufficient_system_resource")

type _Delta = TextDelta | ThinkingDelta


class CompletionReader:
    """One reply. `is_complete` once nothing more is needed: what comes later is usage at most."""

    def __init__(self, *, thinking_enabled: bool) -> None:
        self._thinking_enabled = thinking_enabled
        self._tool_calls = ToolCallCollector()
        self._finish_reason: str | None = None
        self._usage: Usage | None = None
        self._has_calls = False
        self.has_content = False
        self.is_done = False

    @property
    def is_complete(self) -> bool:
        return self.is_done or self._finish_reason is not None

    def read(self, data: bytes) -> Sequence[_Delta]:
        """The deltas of one event's data. Raises `ModelError` for an error object and for what is no JSON."""
        try:
            chunk = from_json(data)
        except ValueError:
            if data.strip() == _DONE:
                self.is_done = True
                return ()
            chunk = leniently_parsed(data)
        try:
            return self._read_chunk(chunk)
        except (AttributeError, TypeError, KeyError, IndexError):
            raise strange_part() from None

    def _read_chunk(self, chunk: Any) -> Sequence[_Delta]:
        choices = chunk.get("choices")
        if chunk.get("error") or choices is None:
            failure = reported_failure(chunk, is_midway=self.has_content)
            if failure:
                raise failure
        usage = chunk.get("usage")
        if usage:
            self._usage = _usage(usage) or self._usage
        return self._read_choice(choices[0]) if choices else ()

    def read_whole(self, body: bytes) -> Sequence[_Delta]:
        """A completion that came at once, from a service that does not stream."""
        deltas = self.read(body)
        if not self.is_complete and not deltas:
            raise ModelError("The model's service answered without a reply.", type="model_rejected")
        self.is_done = True
        return deltas

    def _read_choice(self, choice: dict[str, Any]) -> Sequence[_Delta]:
        if choice.get("index"):
            return ()
        if choice.get("finish_reason"):
            self._finish_reason = str(choice["finish_reason"])
        delta = choice.get("delta") or choice.get("message")
        if not delta:
            return ()
        if delta.get("tool_calls"):
            self._add_calls(delta["tool_calls"])
        elif delta.get("function_call"):
            self._add_calls([{"index": 0, "function": delta["function_call"]}])
        deltas: list[_Delta] = []
        thinking = delta.get("reasoning_content") or delta.get("reasoning")
        if thinking and self._thinking_enabled:
            deltas.append(ThinkingDelta(thinking if type(thinking) is str else _text(thinking)))
        content = delta.get("content") or delta.get("refusal")
        if content:
            deltas.append(TextDelta(content if type(content) is str else _text(content)))
        if deltas:
            self.has_content = True
        return deltas

    def _add_calls(self, pieces: Any) -> None:
        self._has_calls = True
        self._tool_calls.add(pieces)

    def finished(self) -> ModelFinished:
        """The end. Raises `ModelError` where the stream was cut, filtered, or held nothing."""
        reason = self._finish_reason
        if not self.is_complete:
            raise broken("The model's service broke off in the middle of the reply.")
        if reason is None and not self.has_content and not self._has_calls:
            raise broken("The model's service ended without a reply.")
        if reason in _FILTERED:
            raise ModelError(
                "The model's service stopped the reply with its content filter.", type="model_rejected"
            )
        if reason in _FAILED:
            raise broken(f"The model's service broke off the reply: {reason}.")
        if reason in _LENGTH:
            # The last of the calls is cut, too, and running the others alone is not what the model meant.
            return ModelFinished(finish_reason=FinishReason.LENGTH, usage=self._usage)
        requests = self._tool_calls.requests()
        return ModelFinished(finish_reason=FinishReason.STOP, usage=self._usage, tool_requests=requests)


def _text(content: Any) -> str:
    """Some services send a list of parts in place of the text."""
    parts = content if isinstance(content, list) else [content]
    return "".join(str(part.get("text") or "") if isinstance(part, dict) else str(part) for part in parts)


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not any(isinstance(count, int) for count in counts):
        return None
    prompt, completion = (count if isinstance(count, int) else 0 for count in counts)
    return Usage(prompt_tokens=prompt, completion_tokens=completion)
