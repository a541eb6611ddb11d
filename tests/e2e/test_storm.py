"""A small storm; `make storm` lets a whole one rage."""

from tests.e2e.stack import RunningStack
from tests.e2e.storm import Plan, difference, storm


def test_in_a_storm_everybody_has_every_message_once_and_in_one_order(stack: RunningStack) -> None:
    plan = Plan(connections=40, senders=8, messages=100, lost=0.2)
    outcome = storm(stack, plan)
    assert outcome.reopened == 8
    assert len(outcome.stored) == 100
    for ids in outcome.clients:
        assert ids == outcome.stored, difference(ids, outcome.stored)
