"""Works off the rooms' queue: one message in each invocation, a room's in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parley.bootstrap.rooms import room_delivery, room_queue
from parley.bootstrap.turns import turn_runner
from parley.domain.room_work import DeliveryWork, TurnWork, UnknownWorkError, Welcome
from parley.gateways.room_queue import read_work
from parley.http.room_languages import localize
from parley.invocations import run_invocation
from parley.observability import annotate, begin_request, log_failure

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_queue = room_queue()
_delivery = room_delivery(localize)
_runner = turn_runner(localize)


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Raises where the message is to be given out again."""
    begin_request(context.aws_request_id)
    for record in event["Records"]:
        run_invocation(_work_off(record, context))


async def _work_off(record: dict[str, Any], context: LambdaContext) -> None:
    try:
        work = read_work(record["body"])
    except UnknownWorkError as error:
        log_failure("unknown work dropped", error, queue_message_id=record["messageId"])
        return
    annotate(room_id=work.room_id)
    match work:
        case Welcome():
            annotate(connection_id=work.connection_id)
            await _delivery.welcome(work.room_id, work.connection_id)
        case DeliveryWork():
            await _delivery.deliver(work.room_id)
        case TurnWork():
            annotate(message_id=work.message_id)
            in_hand = _queue.in_hand(record["receiptHandle"])
            await _runner.run(work, in_hand, seconds_left=lambda: _seconds_left(context))


def _seconds_left(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000
