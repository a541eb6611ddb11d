"""What has been told of replies that still grow, for connections that come in the middle of one."""

from parley.chat.step_windows import follows, joined
from parley.domain.room_events import AgentDone, Failed, RoomEvent, StepGrown, StepTaken, TypingChanged


def is_end_of_reply(event: RoomEvent) -> bool:
    return isinstance(event, AgentDone) or (isinstance(event, Failed) and event.message_id is not None)


class ToldReplies:
    def __init__(self) -> None:
        self._typing: dict[str, TypingChanged] = {}
        self._steps: list[StepGrown | StepTaken] = []

    def note(self, event: RoomEvent) -> None:
        match event:
            case TypingChanged(participant=participant, is_typing=is_typing):
                self._typing.pop(participant.id, None)
                if is_typing:
                    self._typing[participant.id] = event
            case StepGrown():
                last = self._steps[-1] if self._steps else None
                if isinstance(last, StepGrown) and follows(last, event):
                    self._steps[-1] = joined(last, event)
                else:
                    self._steps.append(event)
            case StepTaken():
                self._steps.append(event)
            case AgentDone(message_id=message_id) | Failed(message_id=message_id):
                self._steps = [each for each in self._steps if each.message_id != message_id]

    def again(self) -> list[RoomEvent]:
        return [*self._typing.values(), *self._steps]
