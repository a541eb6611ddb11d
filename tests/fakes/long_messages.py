"""Long messages as the repositories give them to whoever does not want the whole."""

from dataclasses import replace

from parley.domain.long_messages import LONG_CHARACTERS, beginning_of, characters_of, listed_whole
from parley.domain.messages import Message


def short(message: Message) -> Message:
    return beginning_of(message) if characters_of(message) > LONG_CHARACTERS else message


def listed(messages: list[Message]) -> list[Message]:
    shown = [*messages, *(older for each in messages for older in each.alternatives)]
    are_whole = listed_whole(map(characters_of, shown))
    by_id = {
        each.id: each if is_whole else beginning_of(each)
        for each, is_whole in zip(shown, are_whole, strict=True)
    }
    return [
        replace(by_id[each.id], alternatives=tuple(by_id[older.id] for older in each.alternatives))
        for each in messages
    ]
