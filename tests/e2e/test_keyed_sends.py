"""The same send twice, over real sockets and by several worker processes."""

from concurrent.futures import ThreadPoolExecutor

from tests.e2e.client import Person, eventually, text_of


def test_of_simultaneous_sends_under_one_key_one_is_answered_by_the_model(person: Person) -> None:
    conversation = person.open_conversation()
    options = {
        "json": {"conversation_id": conversation, "content": "Hello"},
        "headers": {"Idempotency-Key": "key-1"},
    }
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: person.request("POST", "/api/messages", **options), range(4)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    for refused in (answer for answer in answers if answer.status_code == 409):
        assert refused.json()["type"] == "idempotency_in_progress"
        assert int(refused.headers["retry-after"]) > 0
    repeated = person.request("POST", "/api/messages", **options)
    assert repeated.headers["idempotency-replayed"] == "true"
    assert repeated.json() == next(answer.json() for answer in answers if answer.status_code == 201)
    assert len(person.messages(conversation)) == 2


def test_a_stream_that_the_client_lost_is_told_from_its_beginning_and_goes_on(person: Person) -> None:
    conversation = person.open_conversation()
    headers = {"Idempotency-Key": "key-1"}
    lost = person.stream(conversation, "Hello", headers=headers)
    start = next(lost)
    next(event for event in lost if event.name == "text")
    lost.close()

    events = list(person.stream(conversation, "Hello", headers=headers))
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert (events[0].data, events[-1].name) == (start.data, "done")
    _, reply = person.messages(conversation)
    assert text_of(events) == reply["content"]


def test_a_send_that_is_repeated_while_its_reply_is_written_waits_for_the_same_reply(person: Person) -> None:
    conversation = person.open_conversation()
    options = {
        "json": {"conversation_id": conversation, "content": "What is 12 * (3 + 4)?"},
        "headers": {"Idempotency-Key": "key-1"},
    }
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(person.request, "POST", "/api/messages", **options)
        eventually(lambda: len(person.messages(conversation)) == 2)
        repeated = person.request("POST", "/api/messages", **options)

    assert (repeated.status_code, first.result().status_code) == (201, 201)
    assert repeated.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.result().headers
    assert repeated.json() == first.result().json()
    assert list(repeated.json()["data"].values()) == person.messages(conversation)
