"""Reads the events of Bedrock's ConverseStream into the events of a model."""

from collections.abc import Mapping
from typing import Any

from parley.domain.events import FinishReason, TextDelta, ThinkingDelta, Usage
from parley.models.reply_blocks import BlockCollector
from parley.models.service_json import broken, strange_part
from parley.models.types import ModelError, ModelFinished

_LENGTH = ("max_tokens", "model_context_window_exceeded")
_FILTERED = ("content_filtered", "guardrail_intervened")
_FAILED = ("malformed_model_output", "malformed_tool_use")
_INPUT_COUNTS = ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")


class ConverseReader:
    """One reply. `is_complete` once nothing more is needed: what comes later is usage."""

    def __init__(self, *, thinking_enabled: bool) -> None:
        self._thinking_enabled = thinking_enabled
        self._blocks = BlockCollector()
        self._stop_reason: str | None = None
        self._usage: Usage | None = None
        self.is_complete = False

    def read(self, event: Mapping[str, Any]) -> TextDelta | ThinkingDelta | None:
        """The delta to be told. Raises `ModelError` for what is no part of a reply."""
        try:
            delta = self._read(event)
        except (AttributeError, TypeError, KeyError):
            raise strange_part() from None
        return delta if self._thinking_enabled or not isinstance(delta, ThinkingDelta) else None

    def _read(self, event: Mapping[str, Any]) -> TextDelta | ThinkingDelta | None:
        match event:
            case {"contentBlockDelta": {"contentBlockIndex": index, "delta": delta}}:
                return self._extend(index, delta)
            case {"contentBlockDelta": _}:
                raise KeyError  # botocore reads what is no JSON as an event without parts
            case {"contentBlockStart": {"contentBlockIndex": index, "start": {"toolUse": call}}}:
                self._blocks.begin_call(index, id=call["toolUseId"], name=call["name"])
            case {"messageStop": {"stopReason": reason}}:
                self._stop_reason = reason
                self.is_complete = True
            case {"metadata": {"usage": usage}}:
                self._usage = Usage(
                    prompt_tokens=sum(usage.get(name) or 0 for name in _INPUT_COUNTS),
                    completion_tokens=usage["outputTokens"],
                )
        return None

    def _extend(self, index: int, delta: Mapping[str, Any]) -> TextDelta | ThinkingDelta | None:
        match delta:
            case {"text": text}:
                return self._blocks.add_text(index, text)
            case {"reasoningContent": {"text": text}}:
                return self._blocks.add_thinking(index, text)
            case {"reasoningContent": {"signature": signature}}:
                self._blocks.sign(index, signature)
            case {"reasoningContent": {"redactedContent": data}}:
                self._blocks.add_redacted(index, data)
            case {"toolUse": {"input": piece}}:
                self._blocks.add_arguments(index, piece)
        return None

    def finished(self) -> ModelFinished:
        """The end. Raises `ModelError` where the stream was cut or filtered."""
        reason = self._stop_reason
        if reason is None:
            raise broken("Bedrock broke off in the middle of the reply.")
        if reason in _FILTERED:
            raise ModelError("Bedrock stopped the reply with its content filter.", type="model_rejected")
        if reason in _FAILED:
            raise broken(f"Bedrock broke off the reply: {reason}.")
        if reason in _LENGTH:
            # The last of the calls is cut, too, and running the others alone is not what the model meant.
            return ModelFinished(finish_reason=FinishReason.LENGTH, usage=self._usage)
        requests = self._blocks.requests()
        return ModelFinished(
            finish_reason=FinishReason.STOP,
            usage=self._usage,
            tool_requests=requests,
            continuation=self._blocks.continuation(requests),
        )
