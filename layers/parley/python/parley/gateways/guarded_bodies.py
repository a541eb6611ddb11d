"""Bodies of answers that nobody vouches for: decompressed piece by piece, and cut off at a limit of size."""

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

# What a piece of a body may grow to at once, however well it was compressed.
_PIECE_BYTES = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class BodyTooLargeError(httpx.ReadError):
    """The body is longer than allowed, as it was sent or decompressed."""


class Inflater:
    """Decompresses gzip or deflate in pieces of bounded size."""

    def __init__(self, encoding: str) -> None:
        self._is_gzip = encoding != "deflate"
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16) if self._is_gzip else None
        self._head = b""
        # Behind the end of a gzip member: too little to tell whether another one begins.
        self._between = b""
        self._has_ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Raises `httpx.DecodingError`. What follows the end of the compressed data is left out."""
        if self._inflate is None:
            self._head += data
            if len(self._head) < 2:
                return
            self._inflate, data = _deflate(self._head), self._head
        try:
            if self._inflate.eof and not self._has_ended:
                data = self._next_member(self._between + data)
            while not self._is_waiting(self._inflate):
                piece = self._inflate.decompress(data, _PIECE_BYTES)
                if piece:
                    yield piece
                data = self._inflate.unconsumed_tail
                if self._inflate.eof:
                    data = self._next_member(self._inflate.unused_data)
                # A full piece may have left some behind, though all of the input has been read.
                if not data and len(piece) < _PIECE_BYTES:
                    return
        except zlib.error as error:
            raise httpx.DecodingError("the body is not compressed as its header says") from error

    def _is_waiting(self, inflate: "zlib._Decompress") -> bool:
        """Whether there is nothing to decompress until more has come, or ever again."""
        return self._has_ended or inflate.eof

    def _next_member(self, rest: bytes) -> bytes:
        """What of `rest` is to be decompressed now: a further member, if one has begun."""
        if self._is_gzip and rest.startswith(_GZIP_MAGIC):
            self._inflate, self._between = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
            return rest
        self._between = rest
        self._has_ended = not (self._is_gzip and _GZIP_MAGIC.startswith(rest))
        return b""


def _deflate(head: bytes) -> "zlib._Decompress":
    """With the header of zlib, as the standard says, or without, as some servers send it."""
    has_header = head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


class GuardedBody(httpx.AsyncByteStream):
    """The decompressed body; both its own bytes and those that were sent count against `max_bytes`."""

    def __init__(
        self, sent: httpx.AsyncByteStream, *, inflater: Inflater | None, max_bytes: int | None
    ) -> None:
        self._sent = sent
        self._inflater = inflater
        self._max_bytes = max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        sent_bytes = body_bytes = 0
        async for data in self._sent:
            sent_bytes += len(data)
            for piece in self._inflater.feed(data) if self._inflater else (data,):
                body_bytes += len(piece)
                self._check(body_bytes)
                yield piece
            self._check(sent_bytes)

    def _check(self, length: int) -> None:
        if self._max_bytes is not None and length > self._max_bytes:
            raise BodyTooLargeError("the body is too large")

    async def aclose(self) -> None:
        await self._sent.aclose()
