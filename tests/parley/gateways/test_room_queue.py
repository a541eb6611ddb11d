"""A room's work on a FIFO queue (moto's): sent once, in its order, and kept hidden by whoever is at it."""

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from parley.domain.room_work import DeliveryWork, MessageLostError, TurnWork, UnknownWorkError, Welcome
from parley.errors import RoomQueueError
from parley.gateways.room_queue import SqsRoomQueue, body_of, build_sqs_client, read_work

TURN = TurnWork(room_id="room_1", message_id="msg_1")
WELCOME = Welcome(room_id="room_1", connection_id="Iyx4Zd=")
DELIVERY = DeliveryWork(room_id="room_1", id="1")


@pytest.fixture
def sqs(aws_environment):
    with mock_aws():
        yield boto3.client("sqs")


@pytest.fixture
def queue_url(sqs):
    attributes = {"FifoQueue": "true", "VisibilityTimeout": "900"}
    return sqs.create_queue(QueueName="work.fifo", Attributes=attributes)["QueueUrl"]


def received(sqs, queue_url):
    answer = sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )
    return answer.get("Messages", [])


class Failing:
    """A client whose every call fails."""

    def __init__(self, failure):
        self._failure = failure

    def _call(self, **arguments):
        raise self._failure

    send_message = change_message_visibility = _call


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "arn:secret"}}, "AnyOperation")


@pytest.mark.parametrize("work", [TURN, WELCOME, DELIVERY], ids=lambda work: type(work).__name__)
def test_work_that_was_sent_is_read_again(sqs, queue_url, work):
    SqsRoomQueue(queue_url).send(work)
    (message,) = received(sqs, queue_url)
    assert read_work(message["Body"]) == work


def test_turns_follow_one_another_in_their_room_and_a_welcome_waits_for_none(sqs, queue_url):
    queue = SqsRoomQueue(queue_url)
    for work in (TURN, WELCOME, TurnWork(room_id="room_1", message_id="msg_2"), DELIVERY):
        queue.send(work)
    groups = [message["Attributes"]["MessageGroupId"] for message in received(sqs, queue_url)]
    assert groups == ["room_1", "Iyx4Zd=", "room_1", "delivery:room_1"]


def test_the_same_work_sent_again_is_taken_once(sqs, queue_url):
    queue = SqsRoomQueue(queue_url)
    for work in (TURN, WELCOME, TURN, WELCOME):
        queue.send(work)
    assert len(received(sqs, queue_url)) == 2


def test_a_message_in_hand_is_hidden_for_as_long_as_is_said(sqs, queue_url):
    queue = SqsRoomQueue(queue_url)
    queue.send(TURN)
    (message,) = received(sqs, queue_url)
    in_hand = queue.in_hand(message["ReceiptHandle"])
    in_hand.hide_for(30)
    assert received(sqs, queue_url) == []
    in_hand.hide_for(0)
    (again,) = received(sqs, queue_url)
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_message_that_is_not_in_hand_cannot_be_hidden(sqs, queue_url):
    queue = SqsRoomQueue(queue_url)
    with pytest.raises(MessageLostError):
        queue.in_hand("somebody else's").hide_for(30)


@pytest.mark.parametrize("code", ["AWS.SimpleQueueService.MessageNotInflight", "InvalidParameterValue"])
def test_a_message_whose_time_ran_out_is_lost(code):
    queue = SqsRoomQueue("https://queue", build_client=lambda: Failing(refusal(code)))
    with pytest.raises(MessageLostError):
        queue.in_hand("receipt").hide_for(30)


@pytest.mark.parametrize(
    "failure",
    [refusal("AccessDenied"), refusal("RequestThrottled"), EndpointConnectionError(endpoint_url="http://x")],
)
def test_a_queue_out_of_reach_is_a_fact_without_detail(failure):
    queue = SqsRoomQueue("https://queue", build_client=lambda: Failing(failure))
    for call in (lambda: queue.send(TURN), lambda: queue.in_hand("receipt").hide_for(30)):
        with pytest.raises(RoomQueueError) as raised:
            call()
        assert str(raised.value) == ""


def test_the_client_is_built_once_and_not_before_it_is_needed(sqs, queue_url):
    built = []
    queue = SqsRoomQueue(queue_url, build_client=lambda: built.append(1) or build_sqs_client())
    assert built == []
    queue.send(TURN)
    queue.send(WELCOME)
    assert built == [1]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "[]",
        "null",
        '{"kind":"turn"}',
        '{"kind":"turn","room_id":1,"message_id":"m"}',
        '{"kind":"welcome","room_id":"r","message_id":"m"}',
        '{"kind":"other","room_id":"r","message_id":"m"}',
    ],
)
def test_what_is_no_work_is_not_taken_for_any(body):
    with pytest.raises(UnknownWorkError):
        read_work(body)


def test_a_body_says_what_and_where():
    assert body_of(TURN) == '{"kind":"turn","room_id":"room_1","message_id":"msg_1"}'
    assert body_of(WELCOME) == '{"kind":"welcome","room_id":"room_1","connection_id":"Iyx4Zd="}'
