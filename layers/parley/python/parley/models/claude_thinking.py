"""How Claude's models are asked to think: newer ones decide how much, older ones take a budget of tokens.

The services that speak their protocol with models of their own know the budget. Source:
https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
"""

import re
from typing import Any

_MIN_BUDGET_TOKENS = 1024
_MAX_BUDGET_TOKENS = 16_000
_FIRST_ADAPTIVE_MINOR = 6

_VERSION_4 = re.compile(r"claude-(?:opus|sonnet|haiku)-4(?:[-.](\d{1,2})(?!\d))?")
_BEFORE_4 = re.compile(r"claude-(?:\d|instant|v\d)")

_REFUSED_DISPLAY = re.compile(r"\bdisplay\b")
_REFUSED_THINKING = re.compile(r"thinking|adaptive|budget_tokens", re.IGNORECASE)

type Thinking = dict[str, Any]


def thinking_for(model: str, max_tokens: int) -> Thinking | None:
    """What to ask of this model; None where `max_tokens` has no room for the smallest budget."""
    return _adaptive() if _is_adaptive(model) else _budgeted(max_tokens)


def without_refused_thinking(
    thinking: Thinking, reason: str, *, model: str, max_tokens: int
) -> Thinking | None:
    """What to ask instead, when the service refuses `thinking` for this reason: the other way, then nothing.

    The same as before where the reason is none that concerns it.
    """
    if "display" in thinking and _REFUSED_DISPLAY.search(reason):
        return {name: value for name, value in thinking.items() if name != "display"}
    if not _REFUSED_THINKING.search(reason):
        return thinking
    is_adaptive = thinking["type"] == "adaptive"
    if is_adaptive != _is_adaptive(model):
        return None
    return _budgeted(max_tokens) if is_adaptive else _adaptive()


def with_room(thinking: Thinking, max_tokens: int) -> Thinking | None:
    """The same for another limit of tokens."""
    return _budgeted(max_tokens) if thinking["type"] == "enabled" else thinking


def _is_adaptive(model: str) -> bool:
    name = model.lower()
    version = _VERSION_4.search(name)
    if version:
        return int(version[1] or 0) >= _FIRST_ADAPTIVE_MINOR
    return "claude" in name and not _BEFORE_4.search(name)


def _adaptive() -> Thinking:
    # The newest models would leave the thinking's text out.
    return {"type": "adaptive", "display": "summarized"}


def _budgeted(max_tokens: int) -> Thinking | None:
    """A budget is part of `max_tokens` and less than it."""
    if max_tokens <= _MIN_BUDGET_TOKENS:
        return None
    budget = max(_MIN_BUDGET_TOKENS, min(_MAX_BUDGET_TOKENS, max_tokens // 2))
    return {"type": "enabled", "budget_tokens": budget}
