"""ASGI applications whose response is what matters."""

import asyncio
import sys


def start(status=200, headers=((b"content-type", b"text/plain"),)):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def part(data=b"", *, more=True):
    return {"type": "http.response.body", "body": data, "more_body": more}


async def plain_text(scope, receive, send):
    await send(start())
    await send(part(b"hello", more=False))


async def many_headers(scope, receive, send):
    headers = [
        (b"X-Internal", b"0"),
        (b"X-One", b"1"),
        (b"x-two", b"a"),
        (b"x-two", b"b"),
        (b"x-latin", "é".encode("latin-1")),
    ]
    cookies = [(b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2")]
    await send(start(201, [*headers, *cookies]))
    await send(part(b"made", more=False))


async def repeated_headers(scope, receive, send):
    await send(start(headers=[(b"x-two", b"a"), (b"X-Two", b"b"), (b"set-cookie", b"a=1")]))
    await send(part(b"made", more=False))


async def huge_headers(scope, receive, send):
    await send(start(headers=[(b"x-huge", b"h" * 17_000)]))
    await send(part(b"never", more=False))


async def echo(scope, receive, send):
    request = await receive()
    await send(start())
    await send(part(request["body"], more=False))


async def empty(scope, receive, send):
    await send(start(200, []))
    await send(part(b"", more=False))


async def says_nothing(scope, receive, send):
    return


async def begins_only(scope, receive, send):
    await send(start())


async def fails_first(scope, receive, send):
    raise ValueError("secret of the function")


async def fails_in_the_middle(scope, receive, send):
    await send(start())
    await send(part(b"half of "))
    raise ValueError("太阳\n" + "x" * 100_000)


async def is_cancelled_in_the_middle(scope, receive, send):
    await send(start())
    raise asyncio.CancelledError


async def fails_afterwards(scope, receive, send):
    await plain_text(scope, receive, send)
    raise ValueError("too late to matter")


async def exits(scope, receive, send):
    await send(start())
    await send(part(b"half"))
    sys.exit(3)


async def sends_after_the_end(scope, receive, send):
    await plain_text(scope, receive, send)
    try:
        await send(part(b"more"))
    except RuntimeError as error:
        print(f"refused: {error}")


async def loop_id(scope, receive, send):
    await send(start())
    await send(part(str(id(asyncio.get_running_loop())).encode(), more=False))
