"""Server-sent events as a reader of model streams needs them: bytes in, the data of each event out."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_MAX_EVENT_BYTES = 16 * 1024 * 1024


class EventTooLargeError(Exception):
    """One event is longer than any that a model's service has a reason to send."""


class SseDecoder:
    """Incremental, whatever the boundaries of the chunks. Event names, ids and comments are not kept.

    Source: the HTML standard, "Server-sent events". But where the stream ends in place of a blank line, the
    event counts: services leave that line out.
    """

    def __init__(self) -> None:
        self._partial_line: list[bytes] = []
        self._data: list[bytes] = []
        self._pending_bytes = 0
        self._at_start = True
        self._after_return = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that this chunk completes. Raises `EventTooLargeError`."""
        if self._after_return and chunk.startswith(b"\n"):
            self._after_return = False
            chunk = chunk[1:]
        if not chunk:
            return []
        self._after_return = chunk.endswith(b"\r")
        lines = chunk.splitlines()
        is_whole = self._after_return or chunk.endswith(b"\n")
        rest = b"" if is_whole else lines.pop()
        if lines and self._partial_line:
            lines[0] = b"".join([*self._partial_line, lines[0]])
            self._partial_line.clear()
        if rest:
            self._partial_line.append(rest)
        events = self._take(lines)
        self._pending_bytes = self._pending_bytes + len(rest) if not lines else len(rest)
        if self._pending_bytes > _MAX_EVENT_BYTES or sum(map(len, self._data)) > _MAX_EVENT_BYTES:
            raise EventTooLargeError
        return events

    def close(self) -> list[bytes]:
        """What the end of the stream completes."""
        line = b"".join(self._partial_line)
        self._partial_line.clear()
        return self._take([line, b""] if line else [b""])

    def _take(self, lines: list[bytes]) -> list[bytes]:
        if self._at_start and lines:
            lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
            self._at_start = False
        events: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line.startswith(b"data: ") else line[5:])
            elif not line and self._data:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data.clear()
        return events
