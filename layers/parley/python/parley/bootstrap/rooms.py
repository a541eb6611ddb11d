"""The parts of chat rooms, each imported where it is built."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from parley.bootstrap import agents, authenticator, settings

if TYPE_CHECKING:
    from parley.chat.room_access import RoomAccess
    from parley.chat.room_admin import RoomAdmin
    from parley.chat.room_arrivals import RoomArrivals
    from parley.chat.room_attendance import Localize, RoomAttendance
    from parley.chat.room_broadcasts import RoomBroadcast
    from parley.chat.room_delivery import RoomDelivery
    from parley.chat.room_lines import SocketLines
    from parley.chat.room_posts import RoomPosts
    from parley.chat.room_stops import RoomStops
    from parley.chat.room_transcripts import RoomTranscript
    from parley.chat.rooms import RoomService
    from parley.gateways.room_queue import SqsRoomQueue
    from parley.gateways.socket_posts import ApiGatewaySockets
    from parley.tables.reply_logs import DynamoReplyLog
    from parley.tables.room_connections import DynamoRoomConnectionRepository
    from parley.tables.room_messages import DynamoRoomMessageRepository
    from parley.tables.room_turns import DynamoTurnRepository
    from parley.tables.rooms import DynamoRoomRepository


def rooms() -> RoomService:
    from parley.chat.rooms import RoomService
    from parley.tables.users import DynamoUserRepository, UserTableItem

    UserTableItem.bind(settings().table("users"))
    return RoomService(rooms=room_repository(), agents=agents(), users=DynamoUserRepository())


def room_access() -> RoomAccess:
    from parley.chat.room_access import RoomAccess

    return RoomAccess(rooms=room_repository(), agents=agents())


def room_transcript() -> RoomTranscript:
    from parley.chat.room_transcripts import RoomTranscript

    return RoomTranscript(access=room_access(), messages=room_messages())


def room_admin(localize: Localize) -> RoomAdmin:
    from parley.chat.room_admin import RoomAdmin

    return RoomAdmin(rooms(), room_attendance(localize))


def room_arrivals(localize: Localize) -> RoomArrivals:
    from parley.chat.room_admission import RoomAdmission
    from parley.chat.room_arrivals import RoomArrivals

    admission = RoomAdmission(authenticator=authenticator(), agents=agents(), rooms=room_repository())
    return RoomArrivals(
        admission=admission,
        connections=room_connections(),
        queue=room_queue(),
        attendance=room_attendance(localize),
    )


def room_attendance(localize: Localize) -> RoomAttendance:
    from parley.chat.room_attendance import RoomAttendance

    return RoomAttendance(connections=room_connections(), gateway=socket_gateway(), localize=localize)


def room_posts(localize: Localize) -> RoomPosts:
    from parley.chat.room_posts import RoomPosts

    return RoomPosts(messages=room_messages(), queue=room_queue(), delivery=room_delivery(localize))


def room_stops() -> RoomStops:
    from parley.chat.room_stops import RoomStops

    return RoomStops(messages=room_messages(), turns=room_turns(), log=room_log())


def room_repository() -> DynamoRoomRepository:
    from parley.tables.rooms import DynamoRoomRepository

    _bind()
    return DynamoRoomRepository()


def room_messages() -> DynamoRoomMessageRepository:
    from parley.tables.room_messages import DynamoRoomMessageRepository

    _bind()
    return DynamoRoomMessageRepository()


def room_connections() -> DynamoRoomConnectionRepository:
    from parley.tables.room_connection_items import RoomConnectionItem
    from parley.tables.room_connections import DynamoRoomConnectionRepository

    RoomConnectionItem.bind(settings().table("connections"))
    return DynamoRoomConnectionRepository()


def room_turns() -> DynamoTurnRepository:
    from parley.tables.room_turns import DynamoTurnRepository

    _bind()
    return DynamoTurnRepository()


def room_log() -> DynamoReplyLog:
    from parley.tables.reply_logs import DynamoReplyLog
    from parley.tables.room_items import RoomTableItem

    _bind()
    return DynamoReplyLog(RoomTableItem)


@cache
def room_delivery(localize: Localize) -> RoomDelivery:
    """One for a process: it knows what is being delivered there."""
    from parley.chat.delivery_parts import DeliveryParts
    from parley.chat.room_delivery import RoomDelivery
    from parley.tables.delivery_leases import DynamoDeliveryLeases

    access, repository = room_access(), room_repository()
    parts = DeliveryParts(
        messages=room_messages(),
        leases=DynamoDeliveryLeases(),
        connections=room_connections(),
        lines=socket_lines(),
        agents_of=lambda room_id: access.agents_of(repository.get(room_id)),
        localize=localize,
        hand_over=_hand_over if settings().queue_urls else None,
    )
    return RoomDelivery(parts)


def _hand_over(room_id: str) -> None:
    from secrets import token_hex

    from parley.domain.room_work import DeliveryWork

    room_queue().send(DeliveryWork(room_id=room_id, id=token_hex(8)))


def room_broadcasts(localize: Localize) -> Callable[[str], RoomBroadcast]:
    """Of each room, for one turn of its agents."""
    from parley.chat.room_broadcasts import RoomBroadcast

    return partial(RoomBroadcast, connections=room_connections(), lines=socket_lines(), localize=localize)


@cache
def socket_lines() -> SocketLines:
    """One for a process: it bounds how much is sent at once."""
    from parley.chat.room_lines import SocketLines

    return SocketLines(socket_gateway())


@cache
def socket_gateway() -> ApiGatewaySockets:
    """One for a process: it keeps its connections."""
    from parley.gateways.socket_posts import build_sockets

    url = settings().socket_api_url
    if url is None:
        raise ValueError("PARLEY_SOCKET_API_URL is not set")
    return build_sockets(url)


def room_queue() -> SqsRoomQueue:
    from parley.gateways.room_queue import SqsRoomQueue

    return SqsRoomQueue(settings().queue_url("room_work"))


def _bind() -> None:
    from parley.tables.room_items import RoomTableItem

    RoomTableItem.bind(settings().table("rooms"))
