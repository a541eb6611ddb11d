"""Failed log-ins in the users table: a counter for each subject and window, bounded by conditional writes."""

import time

from pynamodb.exceptions import UpdateError

from parley.errors import TooManyAttemptsError
from parley.tables.item import condition_failed
from parley.tables.users import UserTableItem


class DynamoLoginAttempts:
    """At most `limit` attempts in a window of `window_seconds`, which begins with the first one."""

    def __init__(self, *, limit: int = 10, window_seconds: int = 15 * 60) -> None:
        self._limit = limit
        self._window_seconds = window_seconds

    def reserve(self, subject: str) -> None:
        now = int(time.time())
        item = UserTableItem(*self._key(subject))
        running = UserTableItem.expires_at_epoch > now
        try:
            item.update(
                [UserTableItem.attempts.add(1)],
                condition=running & (UserTableItem.attempts < self._limit),
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            self._begin_window(item, now)

    def _begin_window(self, item: UserTableItem, now: int) -> None:
        """Passes where there is no window or it is over; otherwise the window is used up."""
        try:
            item.update(
                [
                    UserTableItem.attempts.set(1),
                    UserTableItem.expires_at_epoch.set(now + self._window_seconds),
                ],
                condition=UserTableItem.pk.does_not_exist() | (UserTableItem.expires_at_epoch <= now),
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            self._refuse_or_retry(item, now)

    def _refuse_or_retry(self, item: UserTableItem, now: int) -> None:
        window = _find(item)
        if window is None or int(window.attempts or 0) < self._limit:
            # Another request began the window between the two writes.
            return self.reserve(item.pk.removeprefix("ATTEMPTS#"))
        raise TooManyAttemptsError(retry_after_seconds=max(1, int(window.expires_at_epoch or 0) - now))

    def refund(self, subject: str) -> None:
        """Passes while something is counted: a window that was reaped must not come back without an end."""
        try:
            UserTableItem(*self._key(subject)).update(
                [UserTableItem.attempts.add(-1)], condition=UserTableItem.attempts > 0
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise

    @staticmethod
    def _key(subject: str) -> tuple[str, str]:
        return f"ATTEMPTS#{subject}", "ATTEMPTS"


def _find(item: UserTableItem) -> UserTableItem | None:
    try:
        return UserTableItem.get(item.pk, item.sk, consistent_read=True)
    except UserTableItem.DoesNotExist:
        return None
