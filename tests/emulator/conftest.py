"""One emulator for all that asks its models."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.emulator.emulator import running_emulator
from tests.fakes.model_server import ModelServer


@dataclass(frozen=True)
class Emulator:
    """`models` answers what is asked of the emulator's models, and keeps what it was asked."""

    url: str
    models: ModelServer


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with ModelServer("whole") as models:
        settings = {
            "SERVICES": "bedrock,bedrock-runtime",
            "MINISTACK_BEDROCK_PROXY_URL": models.url.removesuffix("/v1"),
        }
        with running_emulator(tmp_path_factory.mktemp("emulator"), settings) as url:
            yield Emulator(url=url, models=models)
