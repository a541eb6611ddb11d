"""An external agent: joins its room, answers whoever mentions it, and comes back to what it has missed."""

import asyncio
import json
import os

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

ROOM = os.environ["PARLEY_ROOM"]  # wss://…/ws/chat-room/room_…
HEADERS = {"Authorization": f"Bearer {os.environ['PARLEY_AGENT_KEY']}"}


async def main() -> None:
    last = ""
    while True:
        try:
            async with connect(f"{ROOM}?after={last}", additional_headers=HEADERS) as socket:
                async for frame in socket:
                    event = json.loads(frame)
                    missed = event["data"]["messages"] if event["event"] == "history" and last else []
                    for message in [event["data"]] if event["event"] == "message" else missed:
                        last = message["id"]
                        if message["sender_type"] == "user" and "@Scout" in message["content"]:
                            text = f"Here I am, {message['sender_name']}."
                            # The same client_id counts once, however often it is sent.
                            answer = {"action": "send_message", "content": text, "client_id": last}
                            await socket.send(json.dumps(answer))
        except (ConnectionClosed, OSError):
            await asyncio.sleep(1)


asyncio.run(main())
