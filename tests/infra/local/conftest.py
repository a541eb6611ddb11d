from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.plan import Limits
from tests.infra.local.gateways import RunningGateway, running_gateway
from tests.infra.local.projects import LambdaProject


@pytest.fixture(scope="module")
def short_limits() -> Limits:
    return Limits(
        buffered_timeout_seconds=0.3,
        stream_idle_seconds=0.5,
        stream_timeout_seconds=1.5,
        stream_unthrottled_bytes=100_000,
        stream_bytes_per_second=200_000,
        request_body_bytes=200_000,
    )


@pytest.fixture(scope="module")
def module_gateway(short_limits: Limits) -> Iterator[RunningGateway]:
    with running_gateway(short_limits) as gateway:
        yield gateway


@pytest.fixture
def gateway(module_gateway: RunningGateway) -> RunningGateway:
    module_gateway.invoker.events.clear()
    return module_gateway


@pytest.fixture
def project(tmp_path: Path) -> LambdaProject:
    return LambdaProject(tmp_path)
