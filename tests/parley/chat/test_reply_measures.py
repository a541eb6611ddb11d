"""What is told of a reply in the log and to CloudWatch."""

import json

import pytest

from parley.chat.reply_measures import ReplyMeasures
from parley.domain.events import ReplyFailed, ReplyStarted, TextDelta, ThinkingDelta, Usage
from tests.examples import a_conversation, a_message

NAMESPACE = "parley-test-metrics"


@pytest.fixture
def metrics(monkeypatch, capsys):
    """The one line of metrics that was written since."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "parley")

    def read():
        (line,) = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
        return json.loads(line)

    return read


def a_reply(**fields):
    return a_message(a_conversation(), usage=Usage(prompt_tokens=30, completion_tokens=12), **fields)


def test_cloudwatch_reads_the_tokens_and_the_time_to_the_first(metrics):
    measures = ReplyMeasures()
    measures.see(ReplyStarted(message_id="msg_1", user_message_id="msg_0"))
    measures.see(ThinkingDelta("hm"))
    measures.see(TextDelta("yes"))
    measures.report(a_reply(), None)

    line = metrics()
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == (NAMESPACE, [["service"]])
    assert {each["Name"]: each["Unit"] for each in described["Metrics"]} == {
        "Replies": "Count",
        "BrokenReplies": "Count",
        "PromptTokens": "Count",
        "CompletionTokens": "Count",
        "Tokens": "Count",
        "TimeToFirstToken": "Milliseconds",
    }
    counts = {name: line[name] for name in ("Replies", "BrokenReplies", "PromptTokens", "CompletionTokens")}
    assert counts == {
        "Replies": [1.0],
        "BrokenReplies": [0.0],
        "PromptTokens": [30.0],
        "CompletionTokens": [12.0],
    }
    assert line["Tokens"] == [42.0]
    assert 0 <= line["TimeToFirstToken"][0] < 60_000


def test_the_metrics_name_nobody_and_hold_no_text(metrics):
    reply = a_reply()
    measures = ReplyMeasures()
    measures.see(TextDelta("what was said"))
    measures.report(reply, None)

    text = json.dumps(metrics())
    assert "what was said" not in text
    assert reply.id not in text


@pytest.mark.parametrize(
    ("type_", "broken"), [("internal_error", 1), ("interrupted", 1), ("model_rejected", 0), ("timeout", 0)]
)
def test_only_what_breaks_on_our_side_is_broken(metrics, type_, broken):
    ReplyMeasures().report(a_reply(), ReplyFailed(content="no", type=type_))

    line = metrics()
    assert line["BrokenReplies"] == [broken]
    assert "TimeToFirstToken" not in line


def test_without_a_namespace_nothing_is_written(monkeypatch, capsys):
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE", raising=False)
    ReplyMeasures().report(a_reply(), None)
    assert "_aws" not in capsys.readouterr().out
