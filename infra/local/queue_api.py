"""SQS's JSON protocol over the local account's FIFO queues, as WSGI middleware.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

import json
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from infra.local.fifo_queue import ExpiredReceiptError, UnknownReceiptError
from infra.local.plan import ACCOUNT_ID
from infra.local.queue_account import QueueAccount, QueueExistsError, UnknownQueueError
from infra.local.queue_messages import InvalidMessageError, md5, received_message, sent_message, within

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

type Body = dict[str, Any]

_SERVICE = "AmazonSQS"
_REGION = "us-east-1"
_MAX_HIDDEN_SECONDS = 12 * 3600
_MAX_WAIT_SECONDS = 20
_MAX_BATCH = 10

# The protocol's name of each error, and the code that clients are told for it.
_REFUSALS: dict[type[Exception], tuple[str, str]] = {
    UnknownQueueError: ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
    QueueExistsError: ("QueueNameExists", "QueueAlreadyExists"),
    UnknownReceiptError: ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
    ExpiredReceiptError: ("InvalidParameterValue", "InvalidParameterValue"),
    InvalidMessageError: ("InvalidParameterValue", "InvalidParameterValue"),
    NotImplementedError: ("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"),
}


class QueueApi:
    """Answers what is for SQS, and passes on the rest."""

    def __init__(self, application: "WSGIApplication", account: QueueAccount) -> None:
        self._application = application
        self._account = account
        self._operations: dict[str, Callable[[Body], Body]] = {
            "ChangeMessageVisibility": self._change_message_visibility,
            "DeleteMessage": self._delete_message,
            "DeleteMessageBatch": self._delete_message_batch,
            "DeleteQueue": self._delete_queue,
            "GetQueueAttributes": self._get_queue_attributes,
            "PurgeQueue": self._purge_queue,
            "ReceiveMessage": self._receive_message,
            "SendMessage": self._send_message,
            "SetQueueAttributes": self._set_queue_attributes,
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        if service != _SERVICE:
            return self._application(environ, start_response)
        request = Request(environ)
        try:
            answer = _response(200, self._answer(operation, request))
        except tuple(_REFUSALS) as error:
            type_, code = _REFUSALS[type(error)]
            body = {"__type": f"com.amazonaws.sqs#{type_}", "message": str(error)}
            answer = _response(400, body)
            answer.headers["x-amzn-query-error"] = f"{code};Sender"
        return answer(environ, start_response)

    def _answer(self, operation: str, request: Request) -> Body:
        body: Body = json.loads(request.get_data() or b"{}")
        base_url = f"{request.host_url}{ACCOUNT_ID}/"
        if operation == "CreateQueue":
            return {"QueueUrl": base_url + self._created(body["QueueName"], body.get("Attributes", {}))}
        if operation == "GetQueueUrl":
            self._account.attributes(body["QueueName"])
            return {"QueueUrl": base_url + body["QueueName"]}
        if operation == "ListQueues":
            prefix = body.get("QueueNamePrefix", "")
            return {
                "QueueUrls": [base_url + name for name in self._account.names() if name.startswith(prefix)]
            }
        if operation not in self._operations:
            raise NotImplementedError(f"{operation} is not served here")
        return self._operations[operation](body)

    def _created(self, name: str, attributes: dict[str, str]) -> str:
        if not name.endswith(".fifo") or attributes.get("FifoQueue") != "true":
            raise NotImplementedError("Only FIFO queues are served here")
        self._account.create(name, attributes)
        return name

    def _get_queue_attributes(self, body: Body) -> Body:
        wanted, name = body.get("AttributeNames", []), _name(body)
        told = self._account.attributes(name) | {"QueueArn": f"arn:aws:sqs:{_REGION}:{ACCOUNT_ID}:{name}"}
        return {"Attributes": {key: told[key] for key in told if key in wanted or "All" in wanted}}

    def _set_queue_attributes(self, body: Body) -> Body:
        self._account.change(_name(body), body["Attributes"])
        return {}

    def _delete_queue(self, body: Body) -> Body:
        self._account.remove(_name(body))
        return {}

    def _purge_queue(self, body: Body) -> Body:
        self._account.purge(_name(body))
        return {}

    def _send_message(self, body: Body) -> Body:
        name = _name(body)
        message = sent_message(body, self._account.attributes(name))
        message_id, number = self._account.send(name, message)
        return {
            "MD5OfMessageBody": md5(message.body),
            "MessageId": message_id,
            "SequenceNumber": f"{number:020d}",
        }

    def _receive_message(self, body: Body) -> Body:
        name = _name(body)
        attributes = self._account.attributes(name)
        waiting = body.get("WaitTimeSeconds", int(attributes["ReceiveMessageWaitTimeSeconds"]))
        messages = self._account.receive(
            name,
            within("MaxNumberOfMessages", body.get("MaxNumberOfMessages", 1), 1, _MAX_BATCH),
            hidden_seconds=_hidden_seconds(body, int(attributes["VisibilityTimeout"])),
            wait_seconds=within("WaitTimeSeconds", waiting, 0, _MAX_WAIT_SECONDS),
        )
        return {"Messages": [received_message(each, body) for each in messages]} if messages else {}

    def _change_message_visibility(self, body: Body) -> Body:
        seconds = _hidden_seconds(body, None)
        self._account.hide(_name(body), body["ReceiptHandle"], seconds=seconds)
        return {}

    def _delete_message(self, body: Body) -> Body:
        self._account.delete(_name(body), body["ReceiptHandle"])
        return {}

    def _delete_message_batch(self, body: Body) -> Body:
        deleted, failed = [], []
        for entry in body["Entries"]:
            try:
                self._account.delete(_name(body), entry["ReceiptHandle"])
                deleted.append({"Id": entry["Id"]})
            except (UnknownReceiptError, ExpiredReceiptError) as error:
                _, code = _REFUSALS[type(error)]
                failed.append({"Id": entry["Id"], "SenderFault": True, "Code": code, "Message": str(error)})
        return {"Successful": deleted, "Failed": failed}


def _name(body: Body) -> str:
    return str(body["QueueUrl"]).rpartition("/")[2]


def _hidden_seconds(body: Body, default: int | None) -> int:
    return within("VisibilityTimeout", body.get("VisibilityTimeout", default), 0, _MAX_HIDDEN_SECONDS)


def _response(status: int, body: Body) -> Response:
    response = Response(json.dumps(body), status, content_type="application/x-amz-json-1.0")
    response.headers["x-amzn-requestid"] = str(uuid.uuid4())
    return response
