"""What a room tells people, in the language of each connection."""

from dataclasses import replace

from parley.domain.room_events import Failed, Notice, RoomEvent
from parley.http.phrases import Language
from parley.http.sentences import say


def localize(event: RoomEvent, language: str) -> RoomEvent:
    """Our own sentences in it; what people and agents say stays as it is."""
    chosen: Language = "en" if language == "en" else "zh"
    match event:
        case Notice() | Failed():
            return replace(event, content=say(event.content, chosen))
    return event
