"""Who is spoken to in a text: `@name`, as people write it."""

import re
import unicodedata
from collections.abc import Iterable

from parley.domain.agents import Agent, name_key
from parley.domain.prose import prose_lines

# Scripts whose words follow each other without a space, or that hang endings on a name: Thai to Khmer,
# Hangul, kana, Han. In the others a name goes on as long as letters do.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class _Node:
    """A letter of a name. Where one ends, its agent."""

    __slots__ = ("agent", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.agent: Agent | None = None


def mentioned_agents(text: str, agents: Iterable[Agent]) -> list[Agent]:
    """Each once, in the order in which they are first mentioned.

    Names are compared by `name_key`, the longest that fits counts. What stands in code, in an e-mail address
    or in a URL is no mention. Takes time in proportion to the text's length, however many agents there are.
    """
    names = _tree_of(agents)
    found: dict[str, Agent] = {}
    for line in prose_lines(text):
        if "@" in line or "\uff20" in line or "\ufe6b" in line:
            for agent in _in_line(name_key(line), names):
                found.setdefault(agent.id, agent)
    return list(found.values())


def _tree_of(agents: Iterable[Agent]) -> _Node:
    root = _Node()
    for agent in agents:
        node = root
        for character in name_key(agent.name):
            node = node.next.setdefault(character, _Node())
        node.agent = agent
    return root


def _in_line(line: str, names: _Node) -> Iterable[Agent]:
    end = 0
    at = line.find("@")
    while at >= 0:
        if at == end or not _is_letter(line[at - 1]):
            agent, end = _longest(line, at + 1, names)
            if agent is not None:
                yield agent
        at = line.find("@", at + 1)


def _longest(line: str, start: int, names: _Node) -> tuple[Agent | None, int]:
    """With where it ends. No name holds an `@`: no character is looked at twice."""
    found, end, node = None, start, names
    for index in range(start, len(line)):
        following = node.next.get(line[index])
        if following is None:
            break
        node = following
        if node.agent is not None and _is_end(line, index):
            found, end = node.agent, index + 1
    return found, end


def _is_end(line: str, last: int) -> bool:
    """Whether a name may end with this character: not in the middle of a word."""
    return last + 1 == len(line) or not (_is_letter(line[last]) and _is_letter(line[last + 1]))


def _is_letter(character: str) -> bool:
    """Whether it belongs to a word that is told from the next by a space. Vowel signs do, and digits."""
    is_of_word = character == "_" or unicodedata.category(character)[0] in "LMN"
    return is_of_word and _UNSPACED.match(character) is None
