"""Tells X-Ray how long a part of an invocation took, in the trace that API Gateway has begun.

The segments are Lambda's. A part is one datagram to the daemon beside the function, so its SDK, which takes
1.5 s to import here, is not needed.
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
"""

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_HEADER = b'{"format": "json", "version": 1}\n'


@contextmanager
def traced(name: str, **annotations: str) -> Iterator[None]:
    """Does nothing where nobody traces or this invocation is no sample; never fails what it measures."""
    started, has_failed = time.time(), False
    try:
        yield
    except Exception:
        has_failed = True
        raise
    finally:
        # Lambda's runtime client sets it anew for each invocation.
        trace = _fields(os.environ.get("_X_AMZN_TRACE_ID", ""))
        daemon = os.environ.get("AWS_XRAY_DAEMON_ADDRESS", "")
        if daemon and trace.get("Sampled") == "1" and {"Root", "Parent"} <= set(trace):
            part = {
                "type": "subsegment",
                "id": secrets.token_hex(8),
                "name": name,
                "trace_id": trace["Root"],
                "parent_id": trace["Parent"],
                "start_time": started,
                "end_time": time.time(),
                "namespace": "remote",
                "fault": has_failed,
                "annotations": annotations,
            }
            _send(daemon, json.dumps(part).encode())


def _fields(header: str) -> Mapping[str, str]:
    """Of `Root=…;Parent=…;Sampled=1`."""
    pairs = (field.partition("=") for field in header.split(";"))
    return {name: value for name, _, value in pairs}


def _send(daemon: str, part: bytes) -> None:
    host, _, port = daemon.rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(_HEADER + part, (host, int(port)))
    except (OSError, ValueError):
        pass  # a lost part of a trace is no reason to lose a reply
