"""The users table: people, the uniqueness of their names, sessions; `login_attempts` counts in it, too.

USER#<id>            PROFILE   the person
NAME#<lower case>    NAME      whose user name it is
EMAIL#<case-folded>  EMAIL     whose address it is
TOKEN#<sha256>       SESSION   a logged-in token, with TTL
ATTEMPTS#<subject>   ATTEMPTS  failed log-ins in the running window, with TTL
"""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from parley.domain.clock import from_iso, to_iso
from parley.domain.users import Credentials, Session, User
from parley.errors import EmailTakenError, UsernameTakenError
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import Item


class UserTableItem(Item):
    """Any item of the table; each kind fills what it needs."""

    class Meta:
        table_name = "unbound"

    user_id = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    failures = NumberAttribute(null=True)


def _profile_key(user_id: str) -> tuple[str, str]:
    return f"USER#{user_id}", "PROFILE"


def _name_key(username: str) -> tuple[str, str]:
    return f"NAME#{username.lower()}", "NAME"


def _email_key(email: str) -> tuple[str, str]:
    return f"EMAIL#{email.casefold()}", "EMAIL"


def _find(key: tuple[str, str]) -> UserTableItem | None:
    try:
        return UserTableItem.get(*key, consistent_read=True)
    except UserTableItem.DoesNotExist:
        return None


def _user(item: UserTableItem) -> User:
    return User(
        id=item.user_id, username=item.username, email=item.email, created_at=from_iso(item.created_at)
    )


class DynamoUserRepository:
    def add(self, user: User, *, password_hash: str) -> None:
        try:
            despite_conflicts(lambda: self._add(user, password_hash))
        except TransactWriteError as error:
            _refuse_if_taken(error)
            raise

    def _add(self, user: User, password_hash: str) -> None:
        profile = UserTableItem(
            *_profile_key(user.id),
            user_id=user.id,
            username=user.username,
            email=user.email,
            password_hash=password_hash,
            created_at=to_iso(user.created_at),
        )
        unused = UserTableItem.pk.does_not_exist()
        with TransactWrite(connection=UserTableItem.connection()) as transaction:
            transaction.save(UserTableItem(*_name_key(user.username), user_id=user.id), unused)
            transaction.save(UserTableItem(*_email_key(user.email), user_id=user.id), unused)
            transaction.save(profile, unused)

    def get(self, user_id: str) -> User | None:
        item = _find(_profile_key(user_id))
        return _user(item) if item else None

    def find(self, username: str) -> User | None:
        owner = _find(_name_key(username))
        return self.get(owner.user_id) if owner else None

    def find_credentials(self, login: str) -> Credentials | None:
        """Two reads, whoever asks for whom: an unknown name must not be answered sooner."""
        owner = _find(_email_key(login) if "@" in login else _name_key(login))
        profile = _find(_profile_key(owner.user_id if owner else "nobody"))
        if profile is None:
            return None
        return Credentials(user=_user(profile), password_hash=profile.password_hash)


def _refuse_if_taken(error: TransactWriteError) -> None:
    """The reasons come in the order of the transaction's items."""
    codes = [reason.code if reason else None for reason in error.cancellation_reasons]
    name, email, *_ = [*codes, None, None]
    if name == "ConditionalCheckFailed":
        raise UsernameTakenError from None
    if email == "ConditionalCheckFailed":
        raise EmailTakenError from None


class DynamoSessionRepository:
    def add(self, session: Session) -> None:
        UserTableItem(
            *self._key(session.token_hash),
            user_id=session.user_id,
            username=session.username,
            expires_at_epoch=int(session.expires_at.timestamp()),
        ).save()

    def find(self, token_hash: str) -> Session | None:
        item = _find(self._key(token_hash))
        if item is None:
            return None
        return Session(
            token_hash=token_hash,
            user_id=item.user_id,
            username=item.username,
            expires_at=datetime.fromtimestamp(int(item.expires_at_epoch or 0), UTC),
        )

    def remove(self, token_hash: str) -> None:
        UserTableItem(*self._key(token_hash)).delete()

    @staticmethod
    def _key(token_hash: str) -> tuple[str, str]:
        return f"TOKEN#{token_hash}", "SESSION"
