"""The functions that the tests of the streaming layer run in worker processes."""

import asyncio
import sys

from mangum import Mangum

from parley_streaming.adapter import StreamingMangum
from tests.streaming.control import line_to_test

CHUNK = bytes(64 * 1024)
CHUNKS = 800  # 50 MB

_background: set[asyncio.Task] = set()


def start(status=200, headers=((b"content-type", b"text/plain"),)):
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def part(data=b"", *, more=True):
    return {"type": "http.response.body", "body": data, "more_body": more}


async def plain_text(scope, receive, send):
    await send(start())
    await send(part(b"hello", more=False))


async def many_headers(scope, receive, send):
    headers = [(b"X-One", b"1"), (b"x-two", b"a"), (b"x-two", b"b"), (b"x-latin", "é".encode("latin-1"))]
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


async def step_by_step(scope, receive, send):
    line = await line_to_test(scope)
    await send(start())
    await line.wait()
    await send(part(b"first"))
    await line.wait()
    await send(part(b"second", more=False))


async def waits_for_disconnect(scope, receive, send):
    line = await line_to_test(scope)
    request = await receive()
    listening = asyncio.create_task(receive())
    _background.add(listening)
    await send(start())
    await send(part(request["body"], more=False))
    await line.say((await listening)["type"])


async def leaves_a_task(scope, receive, send):
    line = await line_to_test(scope)

    async def work():
        await line.say("working")
        await line.wait()

        async def more_work():
            print("all work is done")

        _background.add(asyncio.create_task(more_work()))

    await plain_text(scope, receive, send)
    _background.add(asyncio.create_task(work()))


async def abandons_a_generator(scope, receive, send):
    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            print("the generator was closed")

    async for _ in numbers():
        break
    await plain_text(scope, receive, send)


async def goes_on_without_client(scope, receive, send):
    line = await line_to_test(scope)
    await line.say("called")
    await line.wait()
    await send(start())
    for _ in range(CHUNKS):
        await send(part(CHUNK))
    await send(part(b"", more=False))
    await line.say("all sent")


async def tells_when_stalled(scope, receive, send):
    line = await line_to_test(scope)
    stalled_at = None
    await send(start())
    for number in range(CHUNKS):
        sending = asyncio.ensure_future(send(part(CHUNK)))
        done, _ = await asyncio.wait({sending}, timeout=None if stalled_at is not None else 0.3)
        if not done:
            stalled_at = number
            await line.say(f"{number}")
        await sending
    if stalled_at is None:
        await line.say(f"{CHUNKS}")
    await send(part(b"", more=False))


async def outlives_the_runtime_api(scope, receive, send):
    line = await line_to_test(scope)
    await receive()
    await send(start())
    await send(part(b"first"))
    await line.say((await receive())["type"])
    try:
        await send(part(b"second"))
    except OSError:
        await line.say("cannot send")
    await line.say("went on")


async def loop_id(scope, receive, send):
    await send(start())
    await send(part(str(id(asyncio.get_running_loop())).encode(), more=False))


_APPS = {
    f"/{app.__name__}": app
    for app in (
        plain_text, many_headers, repeated_headers, huge_headers, echo, empty, says_nothing, begins_only,
        fails_first, fails_in_the_middle, is_cancelled_in_the_middle, fails_afterwards, exits,
        sends_after_the_end, step_by_step, waits_for_disconnect, leaves_a_task, abandons_a_generator,
        goes_on_without_client, tells_when_stalled, outlives_the_runtime_api, loop_id,
    )
}  # fmt: skip


async def app(scope, receive, send):
    await _APPS[scope["path"]](scope, receive, send)


async def app_with_lifespan(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["greeting"] = b"hello"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("shut down")
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send(start())
        await send(part(scope["state"]["greeting"], more=False))


handler = StreamingMangum(app, lifespan="off", exclude_headers=["X-Internal"])
# After the other, which has set the event loop that this one finds.
mangum_handler = Mangum(app, lifespan="off")
lifespan_handler = StreamingMangum(app_with_lifespan, lifespan="on")


def raw_handler(event, context):
    """No ASGI at all."""
    if event == "fail":
        raise LookupError("nothing there")
    if event == "bytes":
        return b"\x00\xff"
    if event == "context":
        remaining = context.get_remaining_time_in_millis()
        return {
            "request_id": context.aws_request_id,
            "function_name": context.function_name,
            "arn": context.invoked_function_arn,
            "time_is_left": 0 < remaining <= 60_000,
        }
    return {"event": event, "size": "x" * event["size"]} if isinstance(event, dict) else event
