"""What the routes of this resource work with."""

from typing import Annotated

from fastapi import Depends, Path, Request

from parley.chat.room_admin import RoomAdmin
from parley.chat.rooms import RoomService


def _service(request: Request) -> RoomService:
    service: RoomService = request.app.state.rooms
    return service


def _admin(request: Request) -> RoomAdmin:
    admin: RoomAdmin = request.app.state.admin
    return admin


ServiceDep = Annotated[RoomService, Depends(_service)]
AdminDep = Annotated[RoomAdmin, Depends(_admin)]
RoomIdPath = Annotated[str, Path(alias="id", description="The chat room's id.")]
