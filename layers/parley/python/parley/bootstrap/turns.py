"""The parts of a room's turns, each imported where it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.bootstrap import settings, tools, usage
from parley.bootstrap.replies import model_choice
from parley.bootstrap.rooms import (
    room_access,
    room_broadcasts,
    room_delivery,
    room_log,
    room_messages,
    room_posts,
    room_repository,
    room_stops,
    room_turns,
)

if TYPE_CHECKING:
    from parley.chat.room_attendance import Localize
    from parley.chat.room_questions import RoomQuestions
    from parley.chat.room_turns import TurnRunner


def turn_runner(localize: Localize) -> TurnRunner:
    from parley.chat.leases import Lease
    from parley.chat.room_replies import RoomReplies
    from parley.chat.room_turns import TurnRunner
    from parley.chat.turn_parts import TurnParts

    messages, log = room_messages(), room_log()
    return TurnRunner(
        TurnParts(
            rooms=room_repository(),
            messages=messages,
            turns=room_turns(),
            log=log,
            usage=usage(),
            replies=RoomReplies(messages=messages, log=log, models=model_choice(), tools=tools()),
            delivery=room_delivery(localize),
            broadcast=room_broadcasts(localize),
            agents_of=room_access().agents_of,
            lease=Lease(settings().reply_lease_seconds),
        )
    )


def room_questions(localize: Localize) -> RoomQuestions:
    from parley.chat.room_followers import TurnFollower
    from parley.chat.room_questions import RoomQuestions

    return RoomQuestions(
        access=room_access(),
        posts=room_posts(localize),
        stops=room_stops(),
        follower=TurnFollower(messages=room_messages(), turns=room_turns(), log=room_log()),
    )
