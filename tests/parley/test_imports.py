"""Imports run one way, and a function that starts cold loads no more than it uses."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tables_on_moto import KEY_SETTINGS, QUEUE_SETTINGS, SOCKET_SETTINGS, TABLE_SETTINGS

PROJECT = Path(__file__).parents[2]
SOURCES = ("layers/parley/python/parley", "layers/streaming/python/parley_streaming", "functions", "infra")
FUNCTIONS = sorted(path.parent.name for path in (PROJECT / "functions").glob("*/handler.py"))

WRONG_IMPORTS = {
    "layers/parley/python/parley/domain/users.py": "import parley.tables.item",
    "layers/parley/python/parley/tables/cursors.py": "import parley.chat.leases",
    "layers/parley/python/parley/chat/leases.py": "import parley.http.phrases",
    "layers/parley/python/parley/models/tokens.py": "import parley.tools.types",
    "layers/parley/python/parley/http/phrases.py": "import functions.auth.schemas",
}


def copied_sources(folder):
    for source in SOURCES:
        shutil.copytree(PROJECT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def lint(folder):
    path = os.pathsep.join(str(folder / Path(source).parent) for source in SOURCES)
    command = [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"]
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_imports_run_one_way(tmp_path):
    outcome = lint(copied_sources(tmp_path))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_a_planted_wrong_import_is_found(tmp_path):
    folder = copied_sources(tmp_path)
    for path, wrong in WRONG_IMPORTS.items():
        with (folder / path).open("a") as file:
            file.write(f"\n{wrong}\n")
    outcome = lint(folder)
    assert outcome.returncode == 1, outcome.stderr
    for path, wrong in WRONG_IMPORTS.items():
        importer = ".".join(Path(path).with_suffix("").parts[-3:])
        assert f"{importer} -> {wrong.removeprefix('import ')}" in outcome.stdout


def loaded_by(function):
    """The modules of a fresh process that has imported the function's handler, as Lambda does."""
    script = f"import functions.{function}.handler, sys; print(*sys.modules)"
    resources = TABLE_SETTINGS | KEY_SETTINGS | QUEUE_SETTINGS | SOCKET_SETTINGS
    environment = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1", **resources}
    command = [sys.executable, "-c", script]
    outcome = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return set(outcome.stdout.split())


UNUSED = {
    "auth": {"httpx", "boto3", "parley.chat", "parley.models", "parley.tools"},
    "agents": {
        "httpx",
        "boto3",
        "argon2",
        "parley.chat.engine",
        "parley.chat.providers",
        "parley.models",
        "parley.tools",
    },
    "conversations": {"httpx", "boto3", "argon2", "parley.chat", "parley.models", "parley.tools"},
    "chat_rooms": {"httpx", "boto3", "argon2", "parley.chat.engine", "parley.models", "parley.tools"},
    "agent_turns": {
        "httpx",
        "boto3",
        "argon2",
        "fastapi",
        "mangum",
        "parley.models.openai",
        "parley.models.anthropic",
        "parley.models.bedrock",
        "parley.models.demo",
        "pint",
        "jsonpath",
        "regex",
        "trafilatura",
        "lxml",
        "ddgs",
    },
    "providers": {"httpx", "boto3", "argon2", "parley.models.openai", "parley.models.demo", "parley.tools"},
    "usage": {"httpx", "boto3", "argon2", "parley.chat", "parley.models", "parley.tools"},
    "messages": {
        "httpx",
        "boto3",
        "argon2",
        "openai",
        "parley.models.openai",
        "parley.models.anthropic",
        "parley.models.bedrock",
        "parley.models.demo",
        "pint",
        "jsonpath",
        "regex",
        "trafilatura",
        "lxml",
        "ddgs",
    },
    "tools": {
        "httpx",
        "boto3",
        "argon2",
        "parley.chat",
        "parley.models",
        "pint",
        "jsonpath",
        "regex",
        "trafilatura",
        "lxml",
        "ddgs",
    },
    # A handshake waits for its start.
    "room_socket": {
        "httpx",
        "boto3",
        "argon2",
        "fastapi",
        "pydantic",
        "mangum",
        "parley.chat.engine",
        "parley.chat.room_turns",
        "parley.models",
        "parley.tools",
    },
    # Programs are to find nothing in it.
    "code_runner": {"parley", "aws_lambda_powertools", "httpx", "boto3", "botocore", "pydantic", "pyflakes"},
    # Powertools takes the bare package `botocore`, which is half a millisecond.
    "service": {
        "httpx",
        "boto3",
        "botocore.session",
        "botocore.client",
        "pynamodb",
        "argon2",
        "parley.tables",
        "parley.chat",
    },
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_loads_nothing_that_only_others_use(function):
    assert loaded_by(function) & (UNUSED[function] | {"infra", "tests", "moto", "awslambdaric"}) == set()
