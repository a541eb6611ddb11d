"""The AWS that the local stack brings along: moto's server on a loopback port, its data in a folder.

SQS is not moto's (see `queue_account`).
Runs as a child process of the stack: `python -m infra.local.aws_host --data DIR [--fresh]`. It prints one
line of JSON with its endpoint, and ends when its standard input does, so it never outlives the stack.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local.aws_key_snapshots import KeySnapshot
from infra.local.aws_queue_snapshots import QueueSnapshot
from infra.local.aws_requests import SerialisedRequests
from infra.local.aws_snapshots import DynamoSnapshot
from infra.local.queue_account import QueueAccount
from infra.local.queue_api import QueueApi
from infra.local.snapshot_files import State, UnreadableSnapshotError

_SAVE_SECONDS = 2.0


class QuietRequestHandler(WSGIRequestHandler):
    """Keeps connections, and sends small answers at once: a new connection for each call doubles its cost."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        if type == "error":
            print(f"AWS host: {message % args}", file=sys.stderr)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Snapshot(Protocol):
    def restore(self) -> None: ...
    def capture(self) -> State: ...
    def write(self, state: State) -> None: ...


class Saver:
    """Saves what has changed every few seconds, and a last time at the end."""

    def __init__(self, snapshots: Sequence[Snapshot], requests: SerialisedRequests) -> None:
        self._snapshots = snapshots
        self._requests = requests
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._save_changes()

    def _run(self) -> None:
        while not self._stopping.wait(_SAVE_SECONDS):
            self._save_changes()

    def _save_changes(self) -> None:
        if not self._requests.take_changed():
            return
        with self._requests.lock:
            states = [snapshot.capture() for snapshot in self._snapshots]
        try:
            for snapshot, state in zip(self._snapshots, states, strict=True):
                snapshot.write(state)
        except OSError as error:
            self._requests.mark_changed()
            print(f"AWS host: the data could not be saved: {error}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.aws_host")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args()


def _serve(server: BaseWSGIServer) -> None:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"endpoint_url": f"http://127.0.0.1:{server.port}"}), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads on
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = _arguments()
    application = DomainDispatcherApplication(create_backend_app)
    requests = SerialisedRequests(application)
    account = QueueAccount(requests.mark_changed)
    # In the order of writing: keys before what they sealed, work before what it is about.
    snapshots = (
        KeySnapshot(arguments.data / "kms.json"),
        QueueSnapshot(arguments.data / "sqs.json", account),
        DynamoSnapshot(arguments.data / "dynamodb.json", application),
    )
    if arguments.fresh:
        requests.mark_changed()
    else:
        try:
            for snapshot in snapshots:
                snapshot.restore()
        except UnreadableSnapshotError as error:
            print(f"{error}. FRESH=1 (--fresh) starts with empty tables.", file=sys.stderr)
            return 1
    saver = Saver(snapshots, requests)
    saver.start()
    served = QueueApi(requests, account)
    _serve(make_server("127.0.0.1", 0, served, threaded=True, request_handler=QuietRequestHandler))
    saver.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
