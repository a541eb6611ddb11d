"""Walks through a deployment, or says where it stumbled: `python -m tests.smoke URL`."""

import sys
from argparse import ArgumentParser

import httpx
from websockets.exceptions import WebSocketException

from tests.smoke.visitor import SmokeError
from tests.smoke.walk import Walk


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.smoke", description="Walk through a deployment of Parley.")
    parser.add_argument("url", help="the API's or the edge's address")
    parser.add_argument("--socket-url", help="the WebSocket API's own address, where there is no edge")
    arguments = parser.parse_args()
    walk = Walk(
        arguments.url,
        socket_api=arguments.socket_url,
        tell=lambda line: print(f"✓ {line}", flush=True),
    )
    try:
        walk.run()
    except (SmokeError, httpx.HTTPError, WebSocketException, OSError) as error:
        sys.exit(f"✗ {error or type(error).__name__}")
    print("All is well.")


if __name__ == "__main__":
    main()
