"""The queues of the AWS host as a file, with all that nobody has done yet."""

from pathlib import Path

from infra.local.queue_account import QueueAccount
from infra.local.snapshot_files import State, UnreadableSnapshotError, read_state, write_state

_FORMAT = 1


class QueueSnapshot:
    def __init__(self, path: Path, account: QueueAccount) -> None:
        self._path = path
        self._account = account

    def restore(self) -> None:
        """Raises `UnreadableSnapshotError`. No file: nothing to restore."""
        try:
            state = read_state(self._path, format=_FORMAT)
            self._account.restore(state["queues"] if state else [])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableSnapshotError(self._path, error) from error

    def capture(self) -> State:
        return {"format": _FORMAT, "queues": self._account.state()}

    def write(self, state: State) -> None:
        write_state(self._path, state)
