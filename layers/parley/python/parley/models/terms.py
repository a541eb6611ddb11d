"""On what terms a model is asked, and which of them it gets to refuse."""

import re
from dataclasses import dataclass, replace
from typing import Self

from parley.models.claude_thinking import Thinking, thinking_for, with_room, without_refused_thinking
from parley.models.token_limits import lower_token_limit
from parley.models.types import ModelRequest

# Of these services; ours go to 2. It is also what they take where none is named.
_HIGHEST_TEMPERATURE = 1.0

_REFUSED_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)
_REFUSED_TOOLS = re.compile(r"support.{0,40}tool|tool.{0,40}support", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a model may refuse though the rest of the request is good.

    A model that thinks takes no temperature but its own.
    """

    model: str
    max_tokens: int
    temperature: float | None
    thinking: Thinking | None
    has_tools: bool

    @classmethod
    def of(cls, request: ModelRequest, *, can_think: bool = True) -> Self:
        is_thinking = request.thinking_enabled and can_think
        thinking = thinking_for(request.model, request.max_tokens) if is_thinking else None
        is_default = thinking is not None or request.temperature >= _HIGHEST_TEMPERATURE
        return cls(
            model=request.model,
            max_tokens=request.max_tokens,
            temperature=None if is_default else request.temperature,
            thinking=thinking,
            has_tools=bool(request.tools),
        )

    def conceding(self, reason: str) -> Self | None:
        """The terms without what the service's reason names, or with less of it; None where it names none.

        So a limit of tokens higher than the model's own becomes the model's own, and a model that thinks in
        another way, has a temperature of its own or knows no tools answers all the same.
        """
        limit = lower_token_limit(self.max_tokens, reason)
        if limit is not None:
            thinking = with_room(self.thinking, limit) if self.thinking else None
            return replace(self, max_tokens=limit, thinking=thinking)
        if self.temperature is not None and _REFUSED_TEMPERATURE.search(reason):
            return replace(self, temperature=None)
        if self.thinking is not None:
            other = without_refused_thinking(
                self.thinking, reason, model=self.model, max_tokens=self.max_tokens
            )
            if other != self.thinking:
                return replace(self, thinking=other)
        if self.has_tools and _REFUSED_TOOLS.search(reason):
            return replace(self, has_tools=False)
        return None
