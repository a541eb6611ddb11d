"""A process that may die, or a part of it that may fail, at any call to its repositories."""

from collections.abc import Callable
from threading import Event
from typing import Any


class KilledError(Exception):
    """Nothing more is done by this process."""


class Life:
    """Lets `calls` calls pass, whatever they are, and none after that. `log` names those that passed."""

    def __init__(self, *, calls: int | None = None) -> None:
        self._calls = calls
        self._failing: dict[str, int] = {}
        self._awaited: list[tuple[str, int, Event]] = []
        self._held_up: dict[str, Callable[[], object]] = {}
        self.log: list[str] = []

    def fail(self, call: str, *, times: int = 1) -> None:
        """`call` such as `messages.put` fails as often; the process lives on."""
        self._failing[call] = times

    def nth(self, call: str, number: int) -> Event:
        """Set when `call` has passed so often."""
        event = Event()
        self._awaited.append((call, number, event))
        return event

    def then(self, call: str, action: Callable[[], object]) -> None:
        """The first such call that passes is done, and then the process is held up while others act."""
        self._held_up[call] = action

    def hold_up(self, call: str) -> None:
        if action := self._held_up.pop(call, None):
            action()

    def spend(self, call: str) -> None:
        if self._calls is not None and len(self.log) >= self._calls:
            raise KilledError
        if self._failing.get(call, 0) > 0:
            self._failing[call] -= 1
            raise RuntimeError(f"{call} failed")
        self.log.append(call)
        for awaited, number, event in self._awaited:
            if self.log.count(awaited) >= number:
                event.set()


class Mortal:
    """A part of the process: its calls spend the life."""

    def __init__(self, name: str, part: Any, life: Life) -> None:
        self._name, self._part, self._life = name, part, life

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            self._life.spend(f"{self._name}.{method}")
            result = getattr(self._part, method)(*arguments, **keywords)
            self._life.hold_up(f"{self._name}.{method}")
            return result

        return call
