"""Requests on their way to moto: one at a time where they may change something, which is noted."""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Of DynamoDB all pass one by one, of KMS these.
_KEY_CHANGES = ("Cancel", "Create", "Delete", "Disable", "Enable", "Schedule", "Update")
_READS = ("BatchGetItem", "Describe", "GetItem", "List", "Query", "Scan", "TransactGetItems")


class SerialisedRequests:
    """WSGI middleware that makes conditional writes atomic, as DynamoDB's are.

    moto checks a condition and then writes, without a lock: two requests at once could both pass a condition
    that only one may.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self.lock = threading.Lock()
        self._application = application
        self._changed = threading.Event()

    def mark_changed(self) -> None:
        self._changed.set()

    def take_changed(self) -> bool:
        """Whether anything was written since the last call."""
        changed = self._changed.is_set()
        self._changed.clear()
        return changed

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        is_key_change = service == "TrentService" and operation.startswith(_KEY_CHANGES)
        if not service.startswith("DynamoDB_") and not is_key_change:
            return self._application(environ, start_response)
        with self.lock:
            answer = self._application(environ, start_response)
        if not operation.startswith(_READS):
            self._changed.set()
        return answer
