"""The local stack with a function of a test's own: a WebSocket API that says everything again.

`PARLEY_TEST_PROJECT` names the folder with `functions/echo/handler.py`.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.local.__main__ import main
from infra.local.plan import Plan
from infra.topology import Function, SocketRoute

ROUTES = ("$connect", "$disconnect", "$default")
ECHO = """
import json
import os
import boto3

sockets = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["PARLEY_SOCKET_API_URL"])

def handler(event, context):
    request = event["requestContext"]
    if request["eventType"] == "CONNECT" and event["queryStringParameters"]["room_id"] != "room_1":
        return {"statusCode": 403}
    if request["eventType"] == "DISCONNECT":
        print("told of the end:", request["disconnectStatusCode"])
    if request["eventType"] == "MESSAGE":
        said = json.loads(event["body"])
        assert said["action"] == "say"
        again = json.dumps({"event": "said", "data": said["content"]})
        sockets.post_to_connection(ConnectionId=request["connectionId"], Data=again)
    return {"statusCode": 200}
"""


def write_project(folder: Path) -> None:
    package = folder / "functions" / "echo"
    package.mkdir(parents=True)
    for each in (package.parent, package):
        (each / "__init__.py").touch()
    (package / "handler.py").write_text(ECHO)


def socket_plan(environment: Mapping[str, str]) -> Plan:
    root = Path(environment["PARLEY_TEST_PROJECT"])
    return Plan(
        functions=(Function(name="echo", memory_mb=256, timeout_seconds=20, posts_to_sockets=True),),
        routes=(),
        socket_routes=tuple(SocketRoute(key=key, function="echo") for key in ROUTES),
        tables=(),
        keys=(),
        root=root,
        sources=(root / "functions",),
        settings=dict(environment),
    )


if __name__ == "__main__":
    sys.exit(main(socket_plan))
