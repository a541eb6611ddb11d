"""Cold start: process start to first answer, beside a bare function in the same worker."""

import re
import time
from statistics import median
from typing import Any

from tests.benchmarks.rig import Rig, answer, event
from tests.benchmarks.rows import Row, spread

ROUNDS = 9
MAX_RATIO = 1.25
MAX_MEMORY_MB = 130


async def measure(rig: Rig) -> list[Row]:
    token = await rig.token()
    requests = {
        "service": event("GET", "/api/health"),
        "auth": event("GET", "/api/auth/me", token=token),
        "conversations": event("GET", "/api/conversations", token=token),
    }
    async with rig.service() as service:
        created = event("POST", "/api/conversations", token=token, body={"title": "bench"})
        conversation = (await answer(service, "conversations", created))["data"]["id"]
    requests["messages"] = event("GET", f"/api/messages/{conversation}", token=token)

    times: dict[str, list[float]] = {name: [] for name in ("bare", *requests)}
    rig.output.truncate(0)
    for _ in range(ROUNDS):
        times["bare"].append(await _cold_start_ms(rig, "bare", event("GET", "/")))
        for name, request in requests.items():
            times[name].append(await _cold_start_ms(rig, name, request))
    return [_row(name, times[name], times["bare"]) for name in requests] + [_memory_row(rig)]


async def _cold_start_ms(rig: Rig, function: str, request: dict[str, Any]) -> float:
    async with rig.service(bare=function == "bare") as service:
        started = time.perf_counter()
        await answer(service, function, request)
        return (time.perf_counter() - started) * 1000


def _row(name: str, measured: list[float], bare: list[float]) -> Row:
    """Pair by pair, since the machine's speed drifts."""
    ratio = median(ours / theirs for ours, theirs in zip(measured, bare, strict=True))
    return Row(
        what=f"cold start, {name}",
        measured=spread(measured, "ms"),
        reference=f"bare function {spread(bare, 'ms')}",
        ratio=f"{ratio:.2f}",
        goal=f"≤ {MAX_RATIO}",
    )


def _memory_row(rig: Rig) -> Row:
    peaks = [int(mb) for mb in re.findall(r"Max Memory Used: (\d+) MB", rig.output.getvalue())]
    return Row(
        what="memory of a worker, largest",
        measured=f"{max(peaks)} MB",
        reference=f"smallest {min(peaks)} MB",
        ratio="",
        goal=f"≤ {MAX_MEMORY_MB} MB",
    )
