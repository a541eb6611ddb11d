"""How a WebSocket connection ends. https://datatracker.ietf.org/doc/html/rfc6455#section-7.4.1"""

from dataclasses import dataclass

from websockets.frames import Close, CloseCode


class SocketGoneError(Exception):
    """The connection is over."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A close frame's code and reason; 1005 stands for a frame without a code, 1006 for no frame."""

    code: int
    reason: str = ""


GOING_AWAY = Ending(CloseCode.GOING_AWAY, "Going away")
LOST = Ending(CloseCode.ABNORMAL_CLOSURE)
_WITHOUT_CODE = Ending(CloseCode.NO_STATUS_RCVD, "Client-side close frame status not set")


def ending_of(close: Close | None) -> Ending:
    if close is None:
        return LOST
    return _WITHOUT_CODE if close.code == CloseCode.NO_STATUS_RCVD else Ending(close.code, close.reason)
