"""Puts together the tool calls that arrive in pieces, as many dialects as there are of it."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from parley.models.types import ModelError, ToolRequest


@dataclass(slots=True)
class _Call:
    index: Any
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class ToolCallCollector:
    """Pieces belong together by index; where it is missing or always the same, a new id begins a new call."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def add(self, pieces: Any) -> None:
        for piece in pieces if isinstance(pieces, list) else [pieces]:
            if isinstance(piece, dict):
                self._add(piece)

    def _add(self, piece: dict[str, Any]) -> None:
        function = piece.get("function")
        if not isinstance(function, dict):
            function = {}
        call = self._call_of(piece.get("index"), piece.get("id"), function.get("name"))
        call.id = call.id or str(piece.get("id") or "")
        call.name = call.name or str(function.get("name") or "")
        arguments = function.get("arguments")
        if arguments is not None:
            is_text = isinstance(arguments, str)
            call.arguments.append(arguments if is_text else json.dumps(arguments, ensure_ascii=False))

    def _call_of(self, index: Any, id: Any, name: Any) -> _Call:
        known = next((call for call in reversed(self._calls) if index is None or call.index == index), None)
        is_other = known is not None and name and known.name and (id != known.id if id else index is None)
        if known is None or is_other:
            known = _Call(index)
            self._calls.append(known)
        return known

    def requests(self) -> tuple[ToolRequest, ...]:
        """The whole calls in the order of their first pieces. An id is made where the service gave none."""
        return tuple(_request(call) for call in self._calls)


def _request(call: _Call) -> ToolRequest:
    if not call.name:
        reason = "The model's service asked for a tool without naming it."
        raise ModelError(reason, type="model_stream_broken")
    # A tool without parameters is often called with no text at all.
    arguments = "".join(call.arguments).strip() or "{}"
    return ToolRequest(id=call.id or f"call_{uuid4().hex}", name=call.name, arguments=arguments)
