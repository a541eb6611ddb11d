"""`make bench`: every figure beside its reference. Names choose: `python -m tests.benchmarks cold_starts`."""

import asyncio
import importlib
import sys

from tests.benchmarks.rig import running_rig
from tests.benchmarks.rows import Row, table

_ALL = ("cold_starts", "warm_requests", "streams", "reply_logs", "room_delivery", "local_rooms")


async def main(names: list[str]) -> None:
    rows: list[Row] = []
    async with running_rig() as rig:
        for name in names or _ALL:
            print(f"measuring {name} …", file=sys.stderr)
            rows += await importlib.import_module(f"tests.benchmarks.{name}").measure(rig)
    print(table(rows))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
