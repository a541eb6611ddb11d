"""Failed log-ins in the users table: a counter for each subject and window, bounded by conditional writes."""

import time

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from parley.errors import AttemptsUndecidedError, TooManyAttemptsError
from parley.tables.item import condition_failed
from parley.tables.users import UserTableItem


class DynamoLoginAttempts:
    """At most `limit` attempts in a window of `window_seconds`.

    `attempts` counts those that failed and those that are being made, `failures` the former alone.
    """

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
                condition=running & (UserTableItem.attempts > 0) & (UserTableItem.attempts < self._limit),
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            self._begin_window(item, now)

    def _begin_window(self, item: UserTableItem, now: int) -> None:
        """Passes where nothing is counted, or its time is over; otherwise the window is used up."""
        try:
            item.update(
                [
                    UserTableItem.attempts.set(1),
                    UserTableItem.failures.set(0),
                    UserTableItem.expires_at_epoch.set(now + self._window_seconds),
                ],
                condition=UserTableItem.pk.does_not_exist()
                | (UserTableItem.expires_at_epoch <= now)
                | (UserTableItem.attempts == 0),
            )
        except UpdateError as error:
            if not condition_failed(error):
                raise
            self._refuse_or_retry(item, now)

    def _refuse_or_retry(self, item: UserTableItem, now: int) -> None:
        window = _find(item)
        if window is None or int(window.attempts or 0) < self._limit:
            # Another request began the window between the two writes, or gave an attempt back.
            return self.reserve(item.pk.removeprefix("ATTEMPTS#"))
        decided = int(window.failures or 0) >= self._limit
        refusal = TooManyAttemptsError if decided else AttemptsUndecidedError
        raise refusal(retry_after_seconds=max(1, int(window.expires_at_epoch or 0) - now))

    def confirm(self, subject: str) -> None:
        self._settle(subject, UserTableItem.failures.add(1))

    def refund(self, subject: str) -> None:
        self._settle(subject, UserTableItem.attempts.add(-1))

    def _settle(self, subject: str, action: Action) -> None:
        """Passes while something is counted: a window that was reaped must not come back without an end."""
        item = UserTableItem(*self._key(subject))
        try:
            item.update([action], condition=UserTableItem.attempts > 0)
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
