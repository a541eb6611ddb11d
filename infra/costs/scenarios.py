"""What is paid in a few cases: each a bill, with the words that the README's table has for it."""

from dataclasses import dataclass

from infra import topology
from infra.costs import bill, consumption, prices
from infra.costs.bill import Bill

REPLIES = 1000
REPLY_SECONDS = 10
PEOPLE = 50
MESSAGES_AN_HOUR = 300
REPLIES_AN_HOUR = 60
_MONTH_SECONDS = prices.HOURS_A_MONTH * 3600


@dataclass(frozen=True, kw_only=True)
class Scenario:
    name: str
    bill: Bill


def scenarios() -> list[Scenario]:
    return [
        Scenario(name="a month in which nobody talks", bill=idle_month()),
        Scenario(name=f"{REPLIES:,} messages with replies of {REPLY_SECONDS} s", bill=thousand_replies()),
        Scenario(
            name=f"a room of {PEOPLE} for an hour: {MESSAGES_AN_HOUR} messages,"
            f" {REPLIES_AN_HOUR} replies of {REPLY_SECONDS} s",
            bill=room_hour(),
        ),
        Scenario(name="for comparison, the smallest that is always on, a month", bill=always_on_month()),
    ]


def idle_month() -> Bill:
    """The keys, the secret by which the edge proves itself, and the queues that are asked all the time."""
    consumed = [function for function in topology.FUNCTIONS if function.consumes]
    polls = _MONTH_SECONDS / consumption.IDLE_POLL_SECONDS * consumption.IDLE_POLLERS
    return bill.bill(
        [
            ("KMS", len(topology.KEYS) * prices.KEY_MONTH),
            bill.queue_requests(len(consumed) * polls),
            ("Secrets Manager", prices.SECRET_MONTH),
        ]
    )


def thousand_replies() -> Bill:
    seconds = REPLY_SECONDS + consumption.REQUEST_SECONDS
    return bill.bill(
        [
            bill.rest_requests(REPLIES),
            bill.function_calls("messages", calls=REPLIES, seconds=seconds),
            bill.table_units(consumption.SHORT_EXCHANGE, times=REPLIES),
            bill.table_units(consumption.REPLY_SECOND, times=REPLIES * REPLY_SECONDS),
            bill.logs(REPLIES * consumption.LOG_BYTES_A_REQUEST),
        ]
    )


def room_hour() -> Bill:
    """Everybody comes once and stays; what is said reaches everybody."""
    reply_frames = consumption.ROOM_REPLY_FRAMES + REPLY_SECONDS * consumption.ROOM_REPLY_FRAMES_A_SECOND
    frames_to_each = MESSAGES_AN_HOUR + REPLIES_AN_HOUR * reply_frames + consumption.ROOM_OPENING_FRAMES
    work = MESSAGES_AN_HOUR + PEOPLE
    return bill.bill(
        [
            bill.socket_traffic(messages=MESSAGES_AN_HOUR + PEOPLE * frames_to_each, minutes=PEOPLE * 60),
            bill.function_calls("room_socket", calls=work + PEOPLE, seconds=consumption.FRAME_SECONDS),
            bill.function_calls("agent_turns", calls=work, seconds=consumption.FRAME_SECONDS),
            bill.function_calls("agent_turns", calls=REPLIES_AN_HOUR, seconds=REPLY_SECONDS),
            bill.table_units(consumption.ROOM_MESSAGE, times=MESSAGES_AN_HOUR),
            bill.table_units(consumption.ROOM_REPLY, times=REPLIES_AN_HOUR),
            bill.table_units(consumption.REPLY_SECOND, times=REPLIES_AN_HOUR * REPLY_SECONDS),
            bill.table_units(consumption.ROOM_COMING_AND_GOING, times=PEOPLE),
            bill.queue_requests(work * consumption.QUEUE_REQUESTS_A_MESSAGE),
            bill.logs((2 * work + PEOPLE) * consumption.LOG_BYTES_A_REQUEST),
        ]
    )


def always_on_month() -> Bill:
    """One task of a quarter of a processor behind a load balancer in two zones, and the smallest database."""
    task = 0.25 * prices.FARGATE_VCPU_HOUR + 0.5 * prices.FARGATE_GB_HOUR
    return bill.bill(
        [
            ("Fargate", prices.HOURS_A_MONTH * task),
            ("load balancer", prices.HOURS_A_MONTH * prices.LOAD_BALANCER_HOUR),
            ("public addresses", 3 * prices.HOURS_A_MONTH * prices.PUBLIC_ADDRESS_HOUR),
            ("RDS", prices.HOURS_A_MONTH * prices.DATABASE_HOUR + 20 * prices.DATABASE_GB_MONTH),
        ]
    )
