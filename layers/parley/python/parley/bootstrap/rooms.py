"""The parts of chat rooms, each imported where it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.bootstrap import agents, settings

if TYPE_CHECKING:
    from parley.chat.room_access import RoomAccess
    from parley.chat.room_transcripts import RoomTranscript
    from parley.chat.rooms import RoomService
    from parley.gateways.room_queue import SqsRoomQueue
    from parley.tables.room_messages import DynamoRoomMessageRepository
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


def room_repository() -> DynamoRoomRepository:
    from parley.tables.rooms import DynamoRoomRepository

    _bind()
    return DynamoRoomRepository()


def room_messages() -> DynamoRoomMessageRepository:
    from parley.tables.room_messages import DynamoRoomMessageRepository

    _bind()
    return DynamoRoomMessageRepository()


def room_queue() -> SqsRoomQueue:
    from parley.gateways.room_queue import SqsRoomQueue

    return SqsRoomQueue(settings().queue_url("room_work"))


def _bind() -> None:
    from parley.tables.room_items import RoomTableItem

    RoomTableItem.bind(settings().table("rooms"))
