"""Streams to measure: the model server in a process of its own, read directly or through a whole stack."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.client import Person
from tests.e2e.stack import started_stack


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of a reply and when it was read, in seconds of the machine's monotonic clock."""

    content: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Both ways of reading one model; a scenario is a name that the model server knows.

    One blocking client reads both, line by line with `json.loads`, so that it costs both ways the same.
    """

    output: Path
    _person: Person
    _parley: httpx.Client
    _model: httpx.Client

    def through_parley(self, scenario: str) -> Iterator[Text]:
        """In a conversation of its own: a history would make the requests unequal."""
        body = {
            "conversation_id": self._person.open_conversation(),
            "content": f"fake:{scenario}",
            "tools_enabled": False,
        }
        headers = self._person.headers
        with self._parley.stream("POST", "/api/messages/stream", json=body, headers=headers) as response:
            for data, at in _payloads(response):
                if data.keys() == {"content"}:  # else a start, a done, or an error with its type
                    yield Text(data["content"], at)

    def directly(self, scenario: str) -> Iterator[Text]:
        messages = [{"role": "user", "content": f"fake:{scenario}"}]
        body = {"model": "fake", "stream": True, "messages": messages}
        with self._model.stream("POST", "chat/completions", json=body) as response:
            for data, at in _payloads(response):
                content = data["choices"][0]["delta"].get("content") if data["choices"] else None
                if content:
                    yield Text(content, at)


def _payloads(response: httpx.Response) -> Iterator[tuple[dict[str, Any], float]]:
    assert response.status_code == 200, response.read()
    for line in response.iter_lines():
        if line.startswith("data: {"):
            yield json.loads(line[6:]), time.monotonic()


@contextmanager
def running_streams(data_dir: Path) -> Iterator[Streams]:
    with ExitStack() as open_parts:
        model_url = open_parts.enter_context(_model_process())
        stack = open_parts.enter_context(started_stack(data_dir, {"PARLEY_MODEL_BASE_URL": model_url}))
        parley = open_parts.enter_context(closing(httpx.Client(base_url=stack.url, timeout=60)))
        model = open_parts.enter_context(closing(httpx.Client(base_url=model_url, timeout=60)))
        yield Streams(output=stack.output, _person=Person.register(parley), _parley=parley, _model=model)
        stack.stop()


@contextmanager
def _model_process() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.fakes.model_server", "--port", "0"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()
