"""A connection that comes about: whose it is, and what has to be done until it is one of the room's."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from parley.chat.room_admission import Claim, RoomAdmission
from parley.chat.room_attendance import RoomAttendance
from parley.chat.room_presence import joined
from parley.domain.room_connections import RoomConnection, RoomConnectionRepository
from parley.domain.room_places import place_of
from parley.domain.room_work import RoomQueue, Welcome
from parley.errors import RoomQueueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """`after` is the id of the last message that the client has; what is no such id counts as none."""

    connection_id: str
    at: datetime
    after: str | None
    language: str


class RoomArrivals:
    def __init__(
        self,
        *,
        admission: RoomAdmission,
        connections: RoomConnectionRepository,
        queue: RoomQueue,
        attendance: RoomAttendance,
    ) -> None:
        self._admission = admission
        self._connections = connections
        self._queue = queue
        self._attendance = attendance

    async def arrive(self, claim: Claim, handshake: Handshake) -> RoomConnection:
        """Nothing can be sent to it before its handshake is over: it is welcomed by work that is queued.

        Raises `NotAuthenticatedError`, `RoomClosedError`, `RoomQueueError`.
        """
        admission = await asyncio.to_thread(self._admission.admit, claim)
        after = handshake.after
        connection = RoomConnection(
            id=handshake.connection_id,
            room_id=claim.room_id,
            participant=admission.participant,
            user_id=admission.user_id,
            connected_at=handshake.at,
            after=after if after and place_of(claim.room_id, after) else None,
            language=handshake.language,
        )
        if await asyncio.to_thread(self._enter, connection):
            event = joined(connection.participant)
            await self._attendance.tell(connection.room_id, event, but=connection.participant)
        return connection

    def _enter(self, connection: RoomConnection) -> bool:
        """Whether the participant was not here before."""
        is_first = self._connections.add(connection)
        try:
            self._queue.send(Welcome(room_id=connection.room_id, connection_id=connection.id))
        except RoomQueueError:
            self._connections.remove(connection)
            raise
        return is_first
