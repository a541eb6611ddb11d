"""The product synthesised once a session, with a stub in place of the downloaded packages."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.infra.cdk.synthesis import Synthesis

# CDK runs on the Node that the virtual environment brings, also where it is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In one process: each further one would synthesise the product for itself."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("cdk"))


@pytest.fixture(scope="session")
def dependencies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What stands for the built layers."""
    layers = tmp_path_factory.mktemp("layers")
    folders = {name: layers / f"{name}-stub" for name in ("dependencies", "tool_dependencies")}
    for name, folder in folders.items():
        (folder / "python").mkdir(parents=True)
        (folder / "python" / f"{name}.py").write_text("")
    return folders


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory, dependencies: dict[str, Path]) -> "Synthesis":
    from tests.infra.cdk.synthesis import synthesise

    return synthesise(tmp_path_factory.mktemp("dev"), dependencies=dependencies)


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory, dependencies: dict[str, Path]) -> "Synthesis":
    """For a deployer who has settings, in an account where API Gateway may write logs already."""
    from infra.deployment import Deployment
    from infra.stage import stage_named
    from tests.infra.cdk.synthesis import synthesise

    deployment = Deployment(
        stage=stage_named("prod"),
        settings={
            "PARLEY_MODEL_BASE_URL": "https://models.example/v1",
            "PARLEY_BEDROCK_REGION": "eu-central-1",
            "PARLEY_UNKNOWN": "kept out",
        },
        secret_parameters={
            "PARLEY_MODEL_API_KEY": "/parley/model-key",
            "PARLEY_SEARCH_TAVILY_API_KEY": "/parley/search/tavily",
        },
        cors_origins="https://chat.example.com,http://localhost:5173",
        domain_name="api.example.com",
        certificate_arn="arn:aws:acm:eu-central-1:111122223333:certificate/of-the-api",
        sets_account_log_role=False,
        has_edge=False,
        alarms_email="ops@example.com",
    )
    return synthesise(tmp_path_factory.mktemp("prod"), dependencies=dependencies, deployment=deployment)
