"""What a server may send and how long it may take: decompression, sizes, times."""

import asyncio
import gzip
import time
import zlib

import pytest

from parley.domain.web_pages import PageUnavailableError
from parley.gateways.guarded_bodies import Inflater
from parley.gateways.guarded_pages import GuardedPageFetcher
from tests.fakes.web_server import endless, page, raw, redirect, stuck
from tests.parley.gateways.conftest import HURRIED, MEGABYTE, fetch


def deflated(body: bytes, window: int) -> bytes:
    compress = zlib.compressobj(wbits=window)
    return compress.compress(body) + compress.flush()


MEMBERS = (gzip.compress(b"<p>hel"), gzip.compress(b"lo</p>"))
COMPRESSED = {
    "gzip": gzip.compress(b"<p>hello</p>"),
    "x-gzip": MEMBERS[0] + MEMBERS[1] + b"\0\0 padding",
    "deflate": deflated(b"<p>hello</p>", zlib.MAX_WBITS),
    "Deflate": deflated(b"<p>hello</p>", -zlib.MAX_WBITS),
    "identity": b"<p>hello</p>",
    "": b"<p>hello</p>",
}


@pytest.mark.parametrize(("encoding", "body"), COMPRESSED.items(), ids=range(len(COMPRESSED)))
def test_compressed_pages_are_read_in_whatever_pieces_they_come(web, encoding, body):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {encoding}\r\n\r\n".encode()
    web.scripts["/whole"] = raw(head, body)
    web.scripts["/pieces"] = raw(head, *(bytes([byte]) for byte in body))
    assert fetch(web, "/whole").body == fetch(web, "/pieces").body == b"<p>hello</p>"


@pytest.mark.parametrize("cut", range(1, len(MEMBERS[0] + MEMBERS[1])))
def test_two_members_are_one_body_wherever_they_are_cut(cut):
    inflater, data = Inflater("gzip"), MEMBERS[0] + MEMBERS[1]
    assert b"".join([*inflater.feed(data[:cut]), *inflater.feed(data[cut:])]) == b"<p>hello</p>"


def test_what_follows_the_last_member_is_left_out_in_whatever_pieces_it_comes():
    inflater = Inflater("gzip")
    pieces = [MEMBERS[0], b"\x1f", b"\x8c", MEMBERS[1], b"\0" * 1000]
    assert b"".join(piece for data in pieces for piece in inflater.feed(data)) == b"<p>hel"


def test_a_large_page_is_decompressed_whole(web):
    body = bytes(range(256)) * 4_000
    web.scripts["/"] = page(gzip.compress(body), Content_Encoding="gzip")
    assert fetch(web, "/").body == body


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate, gzip", "compress"])
def test_a_compression_that_was_not_asked_for_is_refused(web, encoding):
    web.scripts["/"] = page(gzip.compress(gzip.compress(b"bomb")), Content_Encoding=encoding)
    with pytest.raises(PageUnavailableError, match="compressed in a way that cannot be read"):
        fetch(web, "/")


def test_a_body_that_is_not_compressed_as_it_says_is_told_so(web):
    web.scripts["/"] = page(b"plain", Content_Encoding="gzip")
    with pytest.raises(PageUnavailableError, match="compressed in a way that cannot be read"):
        fetch(web, "/")


ZEROS = b"\0" * 64 * MEGABYTE
BOMBS = {
    "gzip": gzip.compress(ZEROS, 9),
    "x-gzip": gzip.compress(b"\0" * 60_000, 9) * 1_000,
    "deflate": deflated(ZEROS, zlib.MAX_WBITS),
    "DEFLATE": deflated(ZEROS, -zlib.MAX_WBITS),
}


@pytest.mark.parametrize(("encoding", "bomb"), BOMBS.items())
def test_a_bomb_stops_while_it_is_decompressed(web, encoding, bomb, monkeypatch):
    inflated = []
    decompressobj = zlib.decompressobj

    class Counting:
        def __init__(self, *arguments):
            self._inner = decompressobj(*arguments)

        def decompress(self, data, max_length):
            piece = self._inner.decompress(data, max_length)
            inflated.append(len(piece))
            return piece

        def __getattr__(self, name):
            return getattr(self._inner, name)

    monkeypatch.setattr("parley.gateways.guarded_bodies.zlib.decompressobj", Counting)
    assert len(bomb) < MEGABYTE
    web.scripts["/"] = page(bomb, Content_Encoding=encoding)
    with pytest.raises(PageUnavailableError, match="larger than 1,048,576 bytes"):
        fetch(web, "/")
    assert max(inflated) <= 65_536
    assert sum(inflated) <= MEGABYTE + 65_536


EMPTY_MEMBERS = gzip.compress(b"") * 1_000


@pytest.mark.parametrize(
    "script",
    [
        endless(b"<p>more</p>" * 1_000),
        endless(EMPTY_MEMBERS, Content_Encoding="gzip"),
        page(b"short", Content_Length="99999999"),
        page(b"x" * (MEGABYTE + 1)),
    ],
    ids=["endless", "endless-without-content", "announced", "one-byte-too-many"],
)
def test_a_page_over_the_limit_is_cut_off(web, script):
    web.scripts["/"] = script
    with pytest.raises(PageUnavailableError, match="larger than 1,048,576 bytes"):
        fetch(web, "/")
    assert web.sent_bytes < 20 * MEGABYTE


def test_a_page_of_just_the_limit_is_read(web):
    web.scripts["/"] = page(b"x" * MEGABYTE)
    assert len(fetch(web, "/").body) == MEGABYTE


def test_endless_headers_are_cut_off(web):
    web.scripts["/long"] = raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000)
    web.scripts["/many"] = raw(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 40_000)
    for path in ("/long", "/many"):
        with pytest.raises(PageUnavailableError, match="the connection to it failed"):
            fetch(web, path)


@pytest.mark.parametrize(
    "script",
    [
        stuck(),
        stuck(b"HTTP/1.1 200 OK\r\nConten"),
        stuck(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123"),
    ],
    ids=["no-answer", "half-a-head", "half-a-body"],
)
def test_a_page_that_takes_too_long_is_given_up(web, script):
    web.scripts["/"] = script
    started = time.monotonic()
    with pytest.raises(PageUnavailableError, match="did not answer in time"):
        fetch(web, "/", HURRIED)
    assert time.monotonic() - started < 3


def test_redirects_share_the_time_of_one_page(web):
    web.scripts["/"] = redirect("/slow")
    web.scripts["/slow"] = stuck()
    with pytest.raises(PageUnavailableError, match="did not answer in time"):
        fetch(web, "/", HURRIED)


def test_a_name_server_that_is_silent_does_not_hold_anybody_up():
    async def silence(host, port):
        await asyncio.Event().wait()

    pages = GuardedPageFetcher(limits=HURRIED, resolver=silence)
    with pytest.raises(PageUnavailableError, match="did not answer in time"):
        pages.fetch("http://good.example/")
