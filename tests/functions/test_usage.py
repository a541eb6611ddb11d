"""The usage function, fed by the messages function."""

from datetime import timedelta

import pytest

from parley.domain.clock import now

PATH = "/api/usage"


def today(**ago):
    return (now() - timedelta(**ago)).date().isoformat()


@pytest.mark.usefixtures("demo")
def test_what_the_replies_used_is_told_by_day_and_model(anna, bert):
    used = []
    for model in ("b-model", "a-model", "b-model"):
        conversation = anna.converse(model=model)
        body = {"conversation_id": conversation["id"], "content": "What is 6 * 7?"}
        used.append(
            (model, anna.client.call("POST", "/api/messages", body).data["assistant_message"]["usage"])
        )
    report = anna.client.call("GET", PATH).data
    assert [(day["date"], day["model"], day["replies"]) for day in report["days"]] == [
        (today(), "a-model", 1),
        (today(), "b-model", 2),
    ]
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert report["days"][0][name] == used[1][1][name] > 0
        assert report["total"][name] == sum(usage[name] for _, usage in used)
    assert report["total"]["replies"] == 3
    assert bert.client.call("GET", PATH).data["days"] == []


@pytest.mark.usefixtures("demo")
def test_a_reply_that_failed_counts_with_what_it_used_before(anna):
    conversation = anna.converse()
    body = {"conversation_id": conversation["id"], "content": "fail first"}
    assert anna.client.call("POST", "/api/messages", body).status == 502
    assert anna.client.call("GET", PATH).data["total"]["replies"] == 1


def test_without_a_period_the_last_thirty_days_are_told(anna):
    report = anna.client.call("GET", PATH).data
    assert (report["from"], report["to"]) == (today(days=29), today())
    nothing = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "replies": 0}
    assert (report["total"], report["days"]) == (nothing, [])


@pytest.mark.parametrize(
    ("query", "period"),
    [
        ("from=2024-01-01&to=2024-12-31", ("2024-01-01", "2024-12-31")),
        ("from=2026-03-01&to=2026-03-01", ("2026-03-01", "2026-03-01")),
        ("to=2026-03-01", ("2026-01-31", "2026-03-01")),
        ("to=0001-01-05", ("0001-01-01", "0001-01-05")),
        ("from=9999-12-31&to=9999-12-31", ("9999-12-31", "9999-12-31")),
    ],
)
def test_a_period_is_told_as_it_was_understood(anna, query, period):
    report = anna.client.call("GET", f"{PATH}?{query}").data
    assert (report["from"], report["to"]) == period


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-03-02&to=2026-03-01", "query.to"),
        ("from=2024-01-01&to=2025-01-01", "query.to"),
        ("from=9999-12-31", "query.to"),
        ("from=0001-01-01", "query.to"),
        ("from=2026-02-30", "query.from"),
        ("to=2026-3-1", "query.to"),
        ("to=1700000000", "query.to"),
        ("to=2026-03-01T00:00:00", "query.to"),
        ("from=", "query.from"),
        ("from=٢٠٢٦-03-01", "query.from"),
    ],
)
def test_what_is_no_period_is_refused_by_name(anna, query, field):
    answer = anna.client.call("GET", f"{PATH}?{query}")
    assert (answer.status, answer.json["type"], answer.fields) == (422, "validation_error", [field])
    assert not answer.json["details"][0]["reason"].isascii()
    english = anna.client.in_english().call("GET", f"{PATH}?{query}")
    assert english.json["details"][0]["reason"].isascii()
