"""Mangum for functions that stream: the same handler serves the streaming runtime and the plain one."""

import asyncio
import logging
from contextlib import ExitStack
from functools import cache
from typing import Any

from mangum import Mangum
from mangum.exceptions import LifespanFailure
from mangum.protocols import LifespanCycle
from mangum.types import ASGI, LambdaContext, LambdaEvent, Scope

from parley_streaming.activation import streaming_is_active
from parley_streaming.cycle import StreamCycle
from parley_streaming.leftovers import tasks_ended
from parley_streaming.protocol import ResponsePost

logger = logging.getLogger(__name__)


class StreamedResponse:
    """A response that is still to be produced: the runtime says where to."""

    def __init__(
        self, app: ASGI, scope: Scope, body: bytes, *, excluded_headers: list[str], lifespan: ExitStack
    ) -> None:
        self._app = app
        self._scope = scope
        self._body = body
        self._excluded_headers = excluded_headers
        self._lifespan = lifespan

    def send_to(self, post: ResponsePost) -> None:
        """Runs the application to its end. Whatever fails is answered or logged, not raised."""
        loop = _invocation_loop()
        cycle = StreamCycle(self._scope, self._body, post, excluded_headers=self._excluded_headers)
        try:
            with self._lifespan:
                loop.run_until_complete(cycle.run(self._app))
        except LifespanFailure:
            logger.exception("The application failed to shut down")


class StreamingMangum(Mangum):
    """Returns a `StreamedResponse` under the streaming runtime, under any other what Mangum returns.

    Either way an invocation lasts until the tasks that the application started have ended: Lambda may freeze
    the process after it.
    """

    def __call__(  # type: ignore[override]  # only the streaming runtime gets to see the other type
        self, event: LambdaEvent, context: LambdaContext
    ) -> dict[str, Any] | StreamedResponse:
        self._setup_event_loop()
        if streaming_is_active():
            return self._streamed_response(event, context)
        try:
            return super().__call__(event, context)
        finally:
            _invocation_loop().run_until_complete(tasks_ended())

    def _streamed_response(self, event: LambdaEvent, context: LambdaContext) -> StreamedResponse:
        handler = self.infer(event, context)
        scope = handler.scope
        # From 2.4 on a broken connection is an OSError of `send`; before, Starlette listens for it in a task.
        scope["asgi"] = {**scope["asgi"], "spec_version": "2.4"}
        lifespan = ExitStack()
        if self.lifespan in ("auto", "on"):
            cycle = LifespanCycle(self.app, self.lifespan)
            lifespan.enter_context(cycle)
            scope["state"] = cycle.lifespan_state.copy()
        return StreamedResponse(
            self.app,
            scope,
            handler.body,
            excluded_headers=self.config["exclude_headers"],
            lifespan=lifespan,
        )

    def _setup_event_loop(self) -> None:
        asyncio.set_event_loop(_invocation_loop())


@cache
def _invocation_loop() -> asyncio.AbstractEventLoop:
    """The loop of all invocations of this process. Mangum's own way to find one warns since Python 3.12."""
    return asyncio.new_event_loop()
