"""The steps of a reply in a room: how they grow out of its events, and what is told of each."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from parley.chat.drafts import Draft
from parley.domain.events import ReplyEvent, TextDelta, ThinkingDelta, ToolCalled, ToolReturned
from parley.domain.room_events import StepGrown, StepTaken
from parley.domain.room_messages import CallStep, ProcessStep, ResultStep, RoomMessage, TextStep, text_of

type StepEvent = StepGrown | StepTaken


@dataclass(slots=True)
class _Text:
    """A step that is still growing, or may be."""

    type: Literal["thinking", "text"]
    pieces: list[str] = field(default_factory=list)
    length: int = 0


class StepSequence:
    def __init__(self, *, message_id: str, agent_id: str) -> None:
        self._ids: dict[str, Any] = {"message_id": message_id, "agent_id": agent_id}
        self._steps: list[_Text | CallStep | ResultStep] = []

    def take(self, event: ReplyEvent) -> StepEvent | None:
        """What there is to tell of it, if it belongs to a step."""
        match event:
            case TextDelta(content):
                return self._grow("text", content)
            case ThinkingDelta(content):
                return self._grow("thinking", content)
            case ToolCalled():
                return self._add(CallStep(id=event.id, name=event.name, arguments=event.arguments))
            case ToolReturned():
                return self._add(
                    ResultStep(id=event.id, name=event.name, success=event.success, content=event.content)
                )
            case _:
                return None

    @property
    def steps(self) -> tuple[ProcessStep, ...]:
        return tuple(
            TextStep(type=step.type, content="".join(step.pieces)) if isinstance(step, _Text) else step
            for step in self._steps
        )

    def _grow(self, kind: Literal["thinking", "text"], delta: str) -> StepGrown | None:
        if not delta:
            return None
        last = self._steps[-1] if self._steps else None
        if not isinstance(last, _Text) or last.type != kind:
            last = _Text(kind)
            self._steps.append(last)
        grown = StepGrown(**self._ids, index=len(self._steps) - 1, type=kind, offset=last.length, delta=delta)
        last.pieces.append(delta)
        last.length += len(delta)
        return grown

    def _add(self, step: CallStep | ResultStep) -> StepTaken:
        self._steps.append(step)
        return StepTaken(**self._ids, index=len(self._steps) - 1, step=step)


class RoomDraft:
    """A reply in a room as it grows."""

    def __init__(self, reply: RoomMessage) -> None:
        self._draft = Draft()
        self._sequence = StepSequence(message_id=reply.id, agent_id=reply.sender.id)

    def apply(self, event: ReplyEvent) -> None:
        self._draft.apply(event)
        self._sequence.take(event)

    def fill(self, reply: RoomMessage) -> RoomMessage:
        draft, steps = self._draft, self._sequence.steps
        return replace(
            reply,
            content=text_of(steps),
            process_steps=steps,
            status=draft.status,
            token_count=draft.token_count,
            usage=draft.usage,
            failure=draft.failure.content if draft.failure else None,
        )


def steps_again(reply: RoomMessage) -> list[StepEvent]:
    """Each step of a stored reply whole, for those who may have missed some of it."""
    ids: dict[str, Any] = {"message_id": reply.id, "agent_id": reply.sender.id}
    return [
        StepGrown(**ids, index=index, type=step.type, offset=0, delta=step.content)
        if isinstance(step, TextStep)
        else StepTaken(**ids, index=index, step=step)
        for index, step in enumerate(reply.process_steps)
    ]
