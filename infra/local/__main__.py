"""`python -m infra.local`: runs Parley on this machine until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from infra.local.data_folder import claimed_data_folder
from infra.local.errors import StackError
from infra.local.plan import PROJECT, Plan, plan_of
from infra.local.ports import claim_port
from parley.cors import InvalidOriginError

_LOCALHOST = ("127.0.0.1", "::1", "0.0.0.0", "::")  # noqa: S104 - for the printed address


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="0 lets the system choose")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--data", type=Path, default=PROJECT / ".parley", help="the folder with the data")
    parser.add_argument("--fresh", action="store_true", help="start with empty tables")
    return parser.parse_args()


async def run(plan: Plan, sockets: list[socket.socket], *, host: str, data: Path, fresh: bool) -> None:
    """Returns after the first signal. A second one ends this process at once: its children then notice."""
    # uvicorn takes a quarter of a second to import: a port that is taken is told before that.
    from infra.local.stack import Stack

    port = sockets[0].getsockname()[1]
    address = "localhost" if host in _LOCALHOST else host

    def announce() -> None:
        print(f"Parley is ready at http://{address}:{port} (Ctrl-C stops it)", flush=True)

    running = asyncio.create_task(Stack(plan, data=data, fresh=fresh).run(sockets, announce))

    def stop() -> None:
        if running.cancelling():
            os._exit(1)
        running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await running


def main(make_plan: Callable[[Mapping[str, str]], Plan] = plan_of) -> int:
    """`make_plan` is given the environment."""
    arguments = _arguments()
    try:
        plan = make_plan(os.environ)
        sockets = claim_port(arguments.host, arguments.port)
        with claimed_data_folder(arguments.data):
            asyncio.run(run(plan, sockets, host=arguments.host, data=arguments.data, fresh=arguments.fresh))
    except (StackError, InvalidOriginError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
