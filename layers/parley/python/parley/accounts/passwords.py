"""Password hashes: argon2id with OWASP's parameters for small machines."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# 19 MiB, two passes, one lane: a Lambda worker has little memory and less than one core.
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Some hash, checked when the name is unknown, so that both answers take as long.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$xdJ/b7ciQngd3r6PyrK2rQ$tiX4AggpFfFn5dHuzuycCFMzZddUCmlnTvJVqUOXNwE"


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def verify_password(password: str, password_hash: str | None) -> bool:
    """None stands for an unknown user: false, in the time that a real check takes."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
