"""A conversation as services want it that know two speakers only, who take turns, the user first."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

from parley.models.types import ChatTurn

type Speaker = Literal["user", "assistant"]


def system_prompt(turns: Sequence[ChatTurn]) -> str:
    """All that the system says, which has a place of its own there."""
    return "\n\n".join(turn.content for turn in turns if turn.role == "system" and turn.content.strip())


def alternating(turns: Sequence[ChatTurn]) -> Iterator[tuple[Speaker, list[ChatTurn]]]:
    """The turns of one speaker after the other's; a tool's answers are the user's.

    What an assistant says before any user is left out, and so is a turn without a word in it.
    """
    spoken = [turn for turn in turns if turn.role != "system" and not _is_blank(turn)]
    for position, (speaker, group) in enumerate(groupby(spoken, _speaker)):
        if position or speaker == "user":
            yield speaker, list(group)


def _speaker(turn: ChatTurn) -> Speaker:
    return "assistant" if turn.role == "assistant" else "user"


def _is_blank(turn: ChatTurn) -> bool:
    return turn.role != "tool" and not turn.tool_requests and not turn.content.strip()
