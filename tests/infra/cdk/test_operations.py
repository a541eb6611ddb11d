"""The dashboard and the alarms: `prod` has somebody to call, `dev` has nobody."""

import json
import re
from typing import Any

import pytest

from infra import topology
from parley.chat import reply_measures
from tests.infra.cdk.synthesis import PROJECT, Synthesis

pytestmark = pytest.mark.infra

# https://aws.amazon.com/cloudwatch/pricing/
FREE_ALARMS_OF_AN_ACCOUNT = 10


def test_no_alarm_costs_anything(prod: Synthesis) -> None:
    alarms = _alarms(prod)

    assert 0 < len(alarms) <= FREE_ALARMS_OF_AN_ACCOUNT
    for alarm in alarms.values():
        assert "Metrics" not in alarm, "an alarm on several metrics is paid for each"


def test_every_alarm_calls_who_subscribed_and_says_where_to_look(prod: Synthesis) -> None:
    (topic,) = prod.resources("AWS::SNS::Topic")
    (subscription,) = prod.properties("AWS::SNS::Subscription")

    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    for alarm in _alarms(prod).values():
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert re.search(r'See the README, "\w+"\.$', alarm["AlarmDescription"])
        assert alarm["TreatMissingData"] == "notBreaching"


def test_what_may_go_wrong_is_watched(prod: Synthesis) -> None:
    expected = {"ServerErrors", "SocketErrors", "BrokenReplies", "Throttling", "TokenBudget"}
    for queue in topology.QUEUES:
        name = queue.name.title().replace("_", "")
        expected |= {f"{name}Age", f"{name}Dead"}

    assert set(_alarms(prod)) == expected


def test_a_dead_letter_is_one_too_many(prod: Synthesis) -> None:
    for queue in topology.QUEUES:
        alarm = _alarms(prod)[f"{queue.name.title().replace('_', '')}Dead"]
        assert (alarm["Threshold"], alarm["MetricName"]) == (1, "ApproximateNumberOfMessagesVisible")
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_the_metrics_of_replies_are_those_that_functions_write(prod: Synthesis) -> None:
    written = set(re.findall(r'Measured\("(\w+)"', _source_of(reply_measures)))
    namespace = prod.variables("messages")["POWERTOOLS_METRICS_NAMESPACE"]

    watched = {alarm["MetricName"] for alarm in _alarms(prod).values() if alarm["Namespace"] == namespace}
    shown = {metric[1] for metric in _shown(prod) if isinstance(metric[0], str) and metric[0] == namespace}
    assert watched == {"BrokenReplies", "Tokens"}
    assert shown == written - {"Tokens"}


def test_the_dashboard_shows_each_function_and_each_queue(prod: Synthesis) -> None:
    labels = {metric[-1].get("label") for metric in _shown(prod) if isinstance(metric[-1], dict)}

    assert labels >= {function.name for function in topology.FUNCTIONS}
    assert labels >= {queue.name for queue in topology.QUEUES}
    titles = {widget["properties"]["title"] for widget in _widgets(prod)}
    assert titles >= {"Requests", "Time to first token, ms", "Tokens", "Turns given up"}


def test_where_nobody_is_called_there_is_no_alarm(dev: Synthesis) -> None:
    assert _alarms(dev) == {}
    assert dev.resources("AWS::SNS::Topic") == {}
    assert len(dev.resources("AWS::CloudWatch::Dashboard")) == 1


def _alarms(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    """By the name of the README's line."""
    return {
        alarm["AlarmDescription"].rpartition(' "')[2].removesuffix('".'): alarm
        for alarm in synthesis.properties("AWS::CloudWatch::Alarm")
    }


def _widgets(synthesis: Synthesis) -> list[dict[str, Any]]:
    """References written as their logical names."""
    (dashboard,) = synthesis.properties("AWS::CloudWatch::Dashboard")
    _, parts = dashboard["DashboardBody"]["Fn::Join"]
    text = "".join(part if isinstance(part, str) else next(iter(part.values()))[0] for part in parts)
    widgets: list[dict[str, Any]] = json.loads(text)["widgets"]
    return widgets


def _shown(synthesis: Synthesis) -> list[list[Any]]:
    return [metric for widget in _widgets(synthesis) for metric in widget["properties"].get("metrics", [])]


def _source_of(module: Any) -> str:
    return (PROJECT / module.__file__).read_text("utf-8")
