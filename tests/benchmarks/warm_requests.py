"""Warm overhead: a request through the function, beside the bare boto3 calls that it contains."""

import asyncio
import time
from statistics import median
from typing import Any

from infra.local.plan import physical_name
from tests.benchmarks.rig import Rig, answer, event
from tests.benchmarks.rows import Row, spread

ROUNDS = 200


async def measure(rig: Rig) -> list[Row]:
    """`GET /api/auth/me` reads the session and the user: two consistent reads."""
    token = await rig.token()
    client = rig.aws.dynamodb()
    request = event("GET", "/api/auth/me", token=token)
    ours, bare = [], []
    async with rig.service() as service:
        for _ in range(5):
            await answer(service, "auth", request)
        for _ in range(ROUNDS):
            started = time.perf_counter()
            await answer(service, "auth", request)
            ours.append((time.perf_counter() - started) * 1000)
            bare.append(await asyncio.to_thread(_two_reads_ms, client))
    overhead = median(mine - theirs for mine, theirs in zip(ours, bare, strict=True))
    return [
        Row(
            what="warm request, GET /api/auth/me",
            measured=spread(ours, "ms"),
            reference=f"its two boto3 reads {spread(bare, 'ms')}",
            ratio=f"{median(ours) / median(bare):.2f} (+{overhead:.1f} ms)",
            goal="",
        )
    ]


def _two_reads_ms(client: Any) -> float:
    started = time.perf_counter()
    for _ in range(2):
        client.get_item(
            TableName=physical_name("users"),
            Key={"pk": {"S": "NOBODY"}, "sk": {"S": "NOTHING"}},
            ConsistentRead=True,
        )
    return (time.perf_counter() - started) * 1000
