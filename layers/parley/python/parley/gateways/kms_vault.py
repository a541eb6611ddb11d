"""Seals the users' keys with KMS, each bound to its owner and its provider by the encryption context.

An opened key is kept for a short while in this process alone: a reply need not wait for KMS again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from parley.domain.providers import SealedKey, hint_of
from parley.errors import KeyUnreadableError, KeyVaultError
from parley.observability import log_failure

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

_KEPT_SECONDS = 300.0
_MAX_KEPT_KEYS = 100

# What KMS answers where this ciphertext will never be opened: it is another's, or another key's.
# https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors
_UNREADABLE = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})


def build_kms_client() -> KMSClient:
    """Gives up after a few seconds: a user is waiting."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("kms", config=config)


class KmsKeyVault:
    """`key_id` is the KMS key's id, ARN or alias. The client is built at the first use."""

    def __init__(
        self,
        key_id: str,
        *,
        build_client: Callable[[], KMSClient] = build_kms_client,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key_id = key_id
        self._build_client = build_client
        self._client: KMSClient | None = None
        self._building = threading.Lock()
        self._kept = _KeptKeys(clock)

    def seal(self, api_key: str, *, owner_id: str, provider_id: str) -> SealedKey:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._kms().encrypt(
                KeyId=self._key_id,
                Plaintext=api_key.encode(),
                EncryptionContext=_context(owner_id, provider_id),
            )
        except (BotoCoreError, ClientError) as error:
            log_failure("key not sealed", error, provider_id=provider_id)
            raise KeyVaultError from None
        return SealedKey(ciphertext=answer["CiphertextBlob"], hint=hint_of(api_key))

    def open(self, sealed: SealedKey, *, owner_id: str, provider_id: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        name = (owner_id, provider_id, sealed.ciphertext)
        if (kept := self._kept.get(name)) is not None:
            return kept
        try:
            answer = self._kms().decrypt(
                KeyId=self._key_id,
                CiphertextBlob=sealed.ciphertext,
                EncryptionContext=_context(owner_id, provider_id),
            )
        except (BotoCoreError, ClientError) as error:
            log_failure("key not opened", error, provider_id=provider_id)
            raise _failure(error) from None
        api_key = answer["Plaintext"].decode()
        self._kept.put(name, api_key)
        return api_key

    def _kms(self) -> KMSClient:
        with self._building:
            if self._client is None:
                self._client = self._build_client()
            return self._client


type _Name = tuple[str, str, bytes]


class _KeptKeys:
    """The keys that were opened last, each for `_KEPT_SECONDS` from its opening."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._keys: OrderedDict[_Name, tuple[float, str]] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, name: _Name) -> str | None:
        with self._guard:
            self._forget_old()
            found = self._keys.get(name)
            return found[1] if found else None

    def put(self, name: _Name, api_key: str) -> None:
        with self._guard:
            self._keys.pop(name, None)
            self._keys[name] = (self._clock() + _KEPT_SECONDS, api_key)
            self._forget_old()

    def _forget_old(self) -> None:
        """They stand in the order in which they end."""
        while self._keys:
            ends, _ = next(iter(self._keys.values()))
            if ends > self._clock() and len(self._keys) <= _MAX_KEPT_KEYS:
                return
            self._keys.popitem(last=False)


def _context(owner_id: str, provider_id: str) -> dict[str, str]:
    return {"owner": owner_id, "provider": provider_id}


def _failure(error: Exception) -> KeyVaultError | KeyUnreadableError:
    answer = getattr(error, "response", {})
    code = answer.get("Error", {}).get("Code")
    return KeyUnreadableError() if code in _UNREADABLE else KeyVaultError()
