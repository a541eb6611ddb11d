"""What the replies used, over the running stack."""

from tests.e2e.client import Person


def test_the_tokens_of_a_streamed_reply_are_counted_once(person: Person) -> None:
    conversation = person.open_conversation(model="counted-model")
    events = list(person.stream(conversation, "What is 6 * 7?"))
    report = person.data("GET", "/api/usage/")

    used = {**events[-1].data["usage"], "replies": 1}
    assert used["total_tokens"] > 0
    assert report["total"] == used
    (day,) = report["days"]
    assert day == {"date": report["to"], "model": "counted-model", **used}
