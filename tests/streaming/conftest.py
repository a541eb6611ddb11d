"""One worker per module and runtime: that it serves test after test is part of what is tested."""

import pytest

from tests.streaming.control import CONTROL_HEADER, control_line
from tests.streaming.workers import STREAMING_RUNTIMES, running_worker


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module", params=STREAMING_RUNTIMES)
async def worker(anyio_backend, request):
    async with running_worker(STREAMING_RUNTIMES[request.param], "handlers.handler") as worker:
        yield worker


@pytest.fixture
async def control(anyio_backend):
    async with control_line() as control:
        yield control


@pytest.fixture
def control_headers(control):
    return {CONTROL_HEADER: control.address}
