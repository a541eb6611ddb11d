"""What the routes of this resource work with."""

from typing import Annotated

from fastapi import Depends, Path, Request

from parley.chat.rooms import RoomService


def _service(request: Request) -> RoomService:
    service: RoomService = request.app.state.rooms
    return service


ServiceDep = Annotated[RoomService, Depends(_service)]
RoomIdPath = Annotated[str, Path(alias="id", description="The chat room's id.")]
