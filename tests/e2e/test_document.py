"""The running stack keeps to its own OpenAPI document, whatever schemathesis makes of it."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from infra.openapi.document import build_document
from infra.topology import ROUTES
from tests.e2e.client import Person

HERE = Path(__file__).parent
PATIENCE_SECONDS = 300


def test_the_document_is_served_as_the_sources_have_it(http: httpx.Client) -> None:
    response = http.get("/api/openapi.json")

    assert response.headers["content-type"] == "application/json"
    assert response.json() == build_document()


def test_all_that_the_document_promises_is_kept(http: httpx.Client, tmp_path: Path) -> None:
    base = str(http.base_url).rstrip("/")
    # Out of a file, because the operation that gives the document is left out when it is read from there.
    document = tmp_path / "openapi.json"
    document.write_bytes(http.get("/api/openapi.json").content)
    command = [
        *(Path(sys.executable).parent / "st", "--config-file", HERE / "schemathesis.toml"),
        *("run", document, "--url", base, "--checks", "all", "--no-color"),
    ]
    tokens = {
        "PARLEY_TOKEN": Person.register(http).token,
        "PARLEY_OTHER_TOKEN": Person.register(http).token,
        "PARLEY_PROVIDERS_TOKEN": Person.register(http).token,
    }
    run = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONUTF8": "1", **tokens},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Tested: {len(ROUTES)}\n" in run.stdout, run.stdout
