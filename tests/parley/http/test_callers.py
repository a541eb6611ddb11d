"""Whose address counts, behind the edge and without one."""

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from parley.http.callers import caller_address

SECRET = "s" * 64
VIEWER = "198.51.100.9"
PEER = "203.0.113.7"


def address(headers: dict[str, str], *, secret: str | None) -> str:
    app = FastAPI()
    app.state.edge_secret = secret
    raw = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in headers.items()]
    return caller_address(Request({"type": "http", "headers": raw, "client": (PEER, 0), "app": app}))


def test_the_edge_says_whose_call_it_hands_on() -> None:
    assert address({"x-parley-edge": SECRET, "x-parley-viewer": VIEWER}, secret=SECRET) == VIEWER


@pytest.mark.parametrize(
    "shown", ["", "s", SECRET[:-1], SECRET + "s", SECRET.upper(), "é" * 64], ids=lambda shown: shown[:3]
)
def test_who_cannot_prove_to_be_the_edge_is_not_believed(shown: str) -> None:
    assert address({"x-parley-edge": shown, "x-parley-viewer": VIEWER}, secret=SECRET) == PEER


def test_who_comes_directly_is_counted_by_the_own_address() -> None:
    assert address({"x-parley-viewer": VIEWER}, secret=SECRET) == PEER
    assert address({}, secret=SECRET) == PEER


@pytest.mark.parametrize("secret", [None, ""])
@pytest.mark.parametrize("shown", [SECRET, ""])
def test_where_there_is_no_edge_nobody_is_one(secret: str | None, shown: str) -> None:
    assert address({"x-parley-edge": shown, "x-parley-viewer": VIEWER}, secret=secret) == PEER
