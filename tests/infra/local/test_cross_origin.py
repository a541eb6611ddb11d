"""Pages of other origins at the local gateway, over real sockets."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from infra.local.__main__ import main
from infra.local.invocations import InvocationResult
from infra.local.plan import Limits, plan_of
from infra.local.reports import THROTTLED
from parley.cors import CorsPolicy
from tests.infra.local.gateways import RunningGateway, give, respond, running_gateway
from tests.infra.local.test_gateway import Answer, call

ONE, OTHER, FOREIGN = "https://chat.example.com", "http://localhost:5173", "https://evil.example"
WANTED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture(scope="module")
def several(short_limits: Limits) -> Iterator[RunningGateway]:
    with running_gateway(short_limits, CorsPolicy((ONE, OTHER))) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def open_to_all(short_limits: Limits) -> Iterator[RunningGateway]:
    with running_gateway(short_limits, CorsPolicy(("*",))) as gateway:
        yield gateway


def allowed(answer: Answer) -> str | None:
    return answer[0].headers["access-control-allow-origin"]


@pytest.mark.parametrize("path", ["/plain", "/plain/"])
def test_a_preflight_is_answered_without_a_function(several: RunningGateway, path: str) -> None:
    several.invoker.events.clear()
    response, content = call(several, "OPTIONS", path, Origin=OTHER, **WANTED)

    assert (response.status, content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == OTHER
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    assert "Idempotency-Key" in response.headers["access-control-allow-headers"]
    assert response.headers["access-control-max-age"] == "7200"
    assert response.headers["vary"] == "Origin"
    assert several.invoker.events == []


def test_a_foreign_page_is_not_let_in_by_a_preflight_nor_by_a_405(several: RunningGateway) -> None:
    assert allowed(call(several, "OPTIONS", "/plain", Origin=FOREIGN, **WANTED)) is None
    assert allowed(call(several, "DELETE", "/plain", Origin=FOREIGN)) is None


def test_everybody_is_let_in_where_all_may(open_to_all: RunningGateway) -> None:
    preflight = call(open_to_all, "OPTIONS", "/streaming", Origin=FOREIGN, **WANTED)
    assert (preflight[0].status, allowed(preflight)) == (204, "*")
    assert allowed(call(open_to_all, "GET", "/nothing", Origin=FOREIGN)) == "*"
    assert allowed(call(open_to_all, "GET", "/nothing")) == "*"


def test_what_the_gateway_answers_itself_can_be_read_by_the_page_that_asked(several: RunningGateway) -> None:
    async def never(_: Mapping[str, Any]) -> InvocationResult:
        await asyncio.Event().wait()
        raise AssertionError

    answers = [call(several, "GET", "/nothing", Origin=ONE), call(several, "PUT", "/plain", Origin=ONE)]
    answers.append(call(several, "POST", "/plain", b"x" * 200_001, Origin=ONE))
    several.invoker.behaviour = give(THROTTLED)
    answers.append(call(several, "GET", "/plain", Origin=ONE))
    several.invoker.behaviour = respond(99, "")
    answers.append(call(several, "GET", "/plain", Origin=ONE))
    several.invoker.behaviour = never
    answers.append(call(several, "GET", "/plain", Origin=ONE))

    assert [response.status for response, _ in answers] == [404, 405, 413, 429, 502, 504]
    for answer in answers:
        assert allowed(answer) == ONE
        assert "Retry-After" in answer[0].headers["access-control-expose-headers"]
        assert json.loads(answer[1])["code"] == answer[0].status


def test_a_405_names_the_methods_that_there_are(several: RunningGateway, gateway: RunningGateway) -> None:
    assert call(several, "DELETE", "/plain")[0].headers["allow"] == "GET, OPTIONS, POST"
    assert call(gateway, "OPTIONS", "/plain")[0].headers["allow"] == "GET, POST"


def test_an_unknown_path_has_no_preflight(open_to_all: RunningGateway) -> None:
    assert call(open_to_all, "OPTIONS", "/nothing", Origin=ONE, **WANTED)[0].status == 404


def test_a_function_says_itself_who_may_read_its_answer(several: RunningGateway) -> None:
    several.invoker.behaviour = respond(200, "ok", headers={"access-control-allow-origin": OTHER})
    assert allowed(call(several, "GET", "/plain", Origin=OTHER)) == OTHER
    several.invoker.behaviour = respond(200, "ok")
    assert allowed(call(several, "GET", "/plain", Origin=OTHER)) is None


def test_locally_any_page_may_call_unless_the_setting_says_otherwise() -> None:
    assert plan_of({}).cors == CorsPolicy(("*",))
    assert plan_of({"PARLEY_CORS_ORIGINS": ""}).cors == CorsPolicy()
    assert plan_of({"PARLEY_CORS_ORIGINS": ONE}).cors == CorsPolicy((ONE,))


def test_a_wrong_origin_stops_the_start_with_a_plain_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARLEY_CORS_ORIGINS", f"{ONE}/")
    monkeypatch.setattr("sys.argv", ["infra.local", "--port", "0"])

    assert main() == 1
    assert f"PARLEY_CORS_ORIGINS: '{ONE}/' is no origin" in capsys.readouterr().err
