"""The README's table of costs is what the topology, the measured consumption and the list prices make."""

from pathlib import Path

import pytest

from infra.costs.bill import Bill, bill, function_calls
from infra.costs.scenarios import always_on_month, idle_month, room_hour, scenarios, thousand_replies
from infra.costs.table import markdown

PROJECT = Path(__file__).resolve().parents[2]


def test_the_readme_has_the_table() -> None:
    assert markdown(scenarios()) in (PROJECT / "README.md").read_text("utf-8")


def test_the_chinese_readme_has_the_same_sums() -> None:
    readme = (PROJECT / "README.zh-CN.md").read_text("utf-8")

    for scenario in scenarios():
        assert f"| {scenario.bill.dollars:,.2f} |" in readme


def test_lines_of_one_name_are_added_up() -> None:
    assert bill([("a", 1.0), ("b", 2.0), ("a", 3.0)]) == Bill(lines={"a": 4.0, "b": 2.0})
    assert bill([("a", 1.0), ("b", 2.0)]).dollars == 3.0


def test_a_call_is_paid_by_the_memory_that_the_topology_gives_the_function() -> None:
    _, dollars = function_calls("messages", calls=1000, seconds=10)

    assert dollars == pytest.approx(1000 * (0.0000002 + 10 * 0.0000133334))


def test_nothing_idle_costs_as_much_as_what_is_always_on() -> None:
    """An idle month costs what is named: the key, the edge's secret, the queue that is asked all the time."""
    assert set(idle_month().lines) == {"KMS", "Secrets Manager", "SQS"}
    assert idle_month().dollars < always_on_month().dollars / 20
    assert all(amount > 0 for each in (thousand_replies(), room_hour()) for amount in each.lines.values())
