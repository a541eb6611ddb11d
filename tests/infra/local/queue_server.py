"""The local SQS alone, on a socket of the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from infra.local.aws import AwsAccess
from infra.local.aws_host import QuietRequestHandler
from infra.local.queue_account import QueueAccount
from infra.local.queue_api import QueueApi


@contextmanager
def running_queues() -> Iterator[AwsAccess]:
    application = QueueApi(Response("Not SQS", 404), QueueAccount())
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield AwsAccess(endpoint_url=f"http://127.0.0.1:{server.port}", own=True)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
