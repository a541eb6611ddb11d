"""What a client's frame asks for, done for whoever was proven to hold the connection."""

import asyncio
from collections.abc import Mapping
from typing import Any

from functions.room_socket.frames import (
    BadFieldError,
    History,
    MalformedFrameError,
    SendMessage,
    Stop,
    Typing,
    read_frame,
)
from parley.chat.room_access import RoomAccess
from parley.chat.room_attendance import RoomAttendance
from parley.chat.room_posts import RoomPosts
from parley.chat.room_stops import RoomStops
from parley.domain.room_connections import RoomConnection, RoomConnectionRepository
from parley.domain.room_events import Failed, HistoryShown, Pong, TypingChanged
from parley.domain.room_messages import RoomMessageRepository
from parley.domain.room_places import place_of
from parley.errors import ParleyError
from parley.http.phrases import Language, phrase, reason
from parley.http.statuses import type_of
from parley.observability import annotate, log_failure


class SocketActions:
    def __init__(
        self,
        *,
        connections: RoomConnectionRepository,
        access: RoomAccess,
        attendance: RoomAttendance,
        messages: RoomMessageRepository,
        posts: RoomPosts,
        stops: RoomStops,
    ) -> None:
        self._connections = connections
        self._access = access
        self._attendance = attendance
        self._messages = messages
        self._posts = posts
        self._stops = stops
        self._actions = {
            "send_message": self._send_message,
            "typing": self._typing,
            "ping": self._ping,
            "history": self._history,
            "stop": self._stop,
        }

    async def perform(self, connection_id: str, body: str) -> None:
        """Whatever is wrong with the frame, or with us, is told on the connection, which stays."""
        connection = await asyncio.to_thread(self._connections.find, connection_id)
        if connection is None:  # it was seen off, or nobody admitted it
            await self._attendance.end(connection_id)
            return
        annotate(room_id=connection.room_id, user_id=connection.user_id)
        try:
            await self._act(connection, body)
        except Exception as error:
            await self._attendance.answer(connection, _failure(error, _language(connection)))

    async def leave(self, connection_id: str) -> None:
        connection = await asyncio.to_thread(self._connections.find, connection_id)
        if connection is not None:
            annotate(room_id=connection.room_id, user_id=connection.user_id)
            await self._attendance.leave(connection)

    async def _act(self, connection: RoomConnection, body: str) -> None:
        frame = read_frame(body)
        action = frame.get("action")
        if not isinstance(action, str) or action not in self._actions:
            raise _UnknownActionError
        annotate(action=action)
        await self._actions[action](connection, frame)

    async def _send_message(self, connection: RoomConnection, frame: Mapping[str, Any]) -> None:
        asked = SendMessage.read(frame)
        if await self._may_stay(connection):
            await self._posts.post(
                connection.room_id,
                connection.participant,
                asked.content,
                mentions=asked.mentions,
                client_id=asked.client_id,
            )

    async def _typing(self, connection: RoomConnection, frame: Mapping[str, Any]) -> None:
        event = TypingChanged(participant=connection.participant, is_typing=Typing.read(frame).is_typing)
        await self._attendance.tell(connection.room_id, event, but=connection.participant)

    async def _ping(self, connection: RoomConnection, _: Mapping[str, Any]) -> None:
        await self._attendance.answer(connection, Pong())

    async def _history(self, connection: RoomConnection, frame: Mapping[str, Any]) -> None:
        asked = History.read(frame)
        if asked.before is not None and place_of(connection.room_id, asked.before) is None:
            raise BadFieldError("before", "message_of_room")
        if not await self._may_stay(connection):
            return
        found = await asyncio.to_thread(
            self._messages.newest, connection.room_id, limit=asked.limit + 1, before=asked.before
        )
        shown = found[-asked.limit :]
        await self._attendance.answer(
            connection, HistoryShown(messages=shown, has_more=len(found) > len(shown))
        )

    async def _stop(self, connection: RoomConnection, frame: Mapping[str, Any]) -> None:
        asked = Stop.read(frame)
        if not await self._may_stay(connection):
            return
        if asked.message_id is None:
            await asyncio.to_thread(self._stops.stop_running, connection.room_id)
        else:
            await asyncio.to_thread(self._stops.stop_message, connection.room_id, asked.message_id)

    async def _may_stay(self, connection: RoomConnection) -> bool:
        """Whoever came while the room was closed to them is seen off now."""
        if await asyncio.to_thread(self._access.is_open_to, connection.room_id, connection.participant):
            return True
        await self._attendance.dismiss(connection)
        return False


class _UnknownActionError(ParleyError):
    key = "unknown_action"


def _language(connection: RoomConnection) -> Language:
    return "en" if connection.language == "en" else "zh"


def _failure(error: Exception, language: Language) -> Failed:
    match error:
        case MalformedFrameError():
            return Failed(content=phrase("malformed_json", language), type="malformed_json")
        case BadFieldError():
            why = reason(error.type, error.english, error.context, language)
            return Failed(content=f"{error.field}: {why}", type="validation_error")
        case ParleyError():
            return Failed(content=phrase(error.key, language), type=type_of(error.key))
    log_failure("unhandled failure", error)
    return Failed(content=phrase("internal_error", language), type="internal_error")
