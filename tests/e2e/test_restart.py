"""What people said outlives the stack, until somebody asks for a fresh start."""

from pathlib import Path

import httpx

from tests.e2e.client import Person, text_of
from tests.e2e.stack import running_stack


def test_a_clean_restart_keeps_everything_and_fresh_forgets_it(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack, httpx.Client(base_url=stack.url, timeout=60) as http:
        person = Person.register(http)
        conversation = person.open_conversation()
        reply = text_of(person.stream(conversation, "What is 6 * 7?"))

    with running_stack(tmp_path) as stack, httpx.Client(base_url=stack.url, timeout=60) as http:
        same_person = Person(http, username=person.username, token=person.token)
        assert [message["content"] for message in same_person.messages(conversation)] == [
            "What is 6 * 7?",
            reply,
        ]

    with running_stack(tmp_path, arguments=["--fresh"]) as stack, httpx.Client(base_url=stack.url) as http:
        stranger = Person(http, username=person.username, token=person.token)
        assert stranger.request("GET", "/api/auth/me").status_code == 401
