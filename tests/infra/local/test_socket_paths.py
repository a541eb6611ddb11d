"""The cases are the edge's too: `tests/infra/socket_paths.json`."""

import json
from pathlib import Path

import pytest

from infra.local.socket_paths import socket_query

CASES = json.loads((Path(__file__).parents[1] / "socket_paths.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['path']}?{case['query']}")
def test_a_path_becomes_a_query_string_or_leads_nowhere(case: dict[str, str | None]) -> None:
    path, query = case["path"], case["query"]
    assert path is not None
    assert query is not None
    assert socket_query(path, query) == case["wanted"]
