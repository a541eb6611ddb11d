"""What is kept of a stream: its beginning and its end, however long it is."""


class Capture:
    """Holds at most `limit_bytes`; `total_bytes` counts all."""

    def __init__(self, limit_bytes: int) -> None:
        self.total_bytes = 0
        self._head_bytes = limit_bytes - limit_bytes // 3
        self._tail_bytes = limit_bytes // 3
        self._head = bytearray()
        self._tail = bytearray()

    @property
    def truncated(self) -> bool:
        return self.total_bytes > self._head_bytes + self._tail_bytes

    def feed(self, data: bytes) -> None:
        self.total_bytes += len(data)
        room = self._head_bytes - len(self._head)
        self._head += data[:room]
        self._tail += data[max(room, 0) :]
        del self._tail[: -self._tail_bytes]

    def text(self) -> str:
        """Bytes that are not UTF-8 show as replacement characters, and so do characters that are cut."""
        if not self.truncated:
            return (self._head + self._tail).decode(errors="replace")
        left_out = self.total_bytes - len(self._head) - len(self._tail)
        mark = f"\n[… {left_out} bytes are left out here …]\n"
        return self._head.decode(errors="replace") + mark + self._tail.decode(errors="replace")
