"""A reply in a room whose writer died, as whoever goes on with the turn finds and leaves it."""

from parley.chat.room_steps import RoomDraft
from parley.chat.settlements import reply_of
from parley.domain.messages import MessageStatus
from parley.domain.reply_logs import ReplyLog
from parley.domain.room_messages import RoomMessage, RoomMessageRepository
from parley.domain.room_places import place_of


def settle_room_reply(
    messages: RoomMessageRepository, log: ReplyLog, *, room_id: str, reply_id: str
) -> RoomMessage | None:
    """Seal its log and store what it holds: whole, or as far as it came. May be repeated. Blocks.

    None where the writer did not come to put the message at its place, which it then never will: nobody has
    seen anything of it.
    """
    page = log.seal(reply_id)
    stored = messages.get(room_id, reply_id)
    if stored is None:
        messages.close_gap(room_id, after=(place_of(room_id, reply_id) or 1) - 1)
        stored = messages.get(room_id, reply_id)
    if stored is None or stored.status is not MessageStatus.STREAMING:
        return stored
    reply = reply_of(page, stored, RoomDraft(stored))
    messages.put(reply)
    return reply
