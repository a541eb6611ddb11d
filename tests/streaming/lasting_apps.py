"""ASGI applications that take their time, and tell the test about it."""

import asyncio

from tests.streaming.control import line_to_test
from tests.streaming.response_apps import part, plain_text, start

CHUNK = bytes(64 * 1024)
CHUNKS = 800  # 50 MB

_background: set[asyncio.Task] = set()


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
