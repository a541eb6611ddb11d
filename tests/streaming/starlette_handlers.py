"""A function on Starlette: threads for `def` routes, its own streams, its own idea of a client that left."""

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from parley_streaming.adapter import StreamingMangum
from tests.streaming.control import line_to_test


def in_a_thread(request):
    return JSONResponse({"path": request.url.path})


def numbers(request):
    return StreamingResponse((f"{number} " for number in range(5)), media_type="text/plain")


async def notices_the_loss(request):
    line = await line_to_test(request.scope)

    async def endless():
        try:
            while True:
                yield bytes(1000)
        finally:
            await line.say("generator closed")

    return StreamingResponse(endless())


handler = StreamingMangum(
    Starlette(
        routes=[Route(f"/{route.__name__}", route) for route in (in_a_thread, numbers, notices_the_loss)]
    ),
    lifespan="off",
)
