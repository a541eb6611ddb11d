"""The functions that the tests of the streaming layer run in worker processes."""

from mangum import Mangum

from parley_streaming.adapter import StreamingMangum
from tests.streaming import lasting_apps, response_apps


async def app(scope, receive, send):
    """The path names the application."""
    name = scope["path"].removeprefix("/")
    chosen = getattr(lasting_apps, name, None) or getattr(response_apps, name)
    await chosen(scope, receive, send)


async def app_with_lifespan(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["greeting"] = b"hello"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("shut down")
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send(response_apps.start())
        await send(response_apps.part(scope["state"]["greeting"], more=False))


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
