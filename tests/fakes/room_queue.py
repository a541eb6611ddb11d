"""A queue of rooms' work in memory."""

from parley.domain.room_work import MessageLostError, RoomWork


class InMemoryRoomQueue:
    """`sent` holds each work once, in its order; `failure` is raised by each call, as long as it is set."""

    def __init__(self) -> None:
        self.sent: list[RoomWork] = []
        self.failure: Exception | None = None

    def send(self, work: RoomWork) -> None:
        if self.failure:
            raise self.failure
        if work not in self.sent:
            self.sent.append(work)

    def in_hand(self, receipt_handle: str) -> "InMemoryMessageInHand":
        return InMemoryMessageInHand()


class InMemoryMessageInHand:
    """`hidden_for` tells the seconds of each call; once it is `lost`, it cannot be hidden any more."""

    def __init__(self) -> None:
        self.hidden_for: list[int] = []
        self.lost = False

    def hide_for(self, seconds: int) -> None:
        if self.lost:
            raise MessageLostError
        self.hidden_for.append(seconds)
