"""A clock that stands still until it is told to go on."""

import time as real_time


class FakeTime:
    """Takes the place of the module `time` where a module has imported it."""

    def __init__(self) -> None:
        self._seconds = float(int(real_time.time()))

    def time(self) -> float:
        return self._seconds

    def time_ns(self) -> int:
        return int(self._seconds * 1_000_000_000)

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
