"""Reads the deployer's secrets from Systems Manager's Parameter Store, at the first use of each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from parley.errors import KeyUnreadableError, KeyVaultError
from parley.observability import log_failure

# No later try gives another answer: it is not there, or not for this function.
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html#API_GetParameter_Errors
_UNREADABLE = frozenset({"AccessDeniedException", "InvalidKeyId", "ParameterNotFound"})


class SsmClient(Protocol):
    def get_parameter(self, *, Name: str, WithDecryption: bool) -> Any: ...  # noqa: N803 - boto3's names


def build_ssm_client() -> SsmClient:
    """Gives up after a few seconds: a user is waiting."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"})
    client: SsmClient = boto3.client("ssm", config=config)
    return client


class SecretParameters:
    """What was read is kept as long as the process lives: a new value is known to new processes."""

    def __init__(self, *, build_client: Callable[[], SsmClient] = build_ssm_client) -> None:
        self._build_client = build_client
        self._client: SsmClient | None = None
        self._read: dict[str, str] = {}
        self._one_at_a_time = threading.Lock()

    def read(self, name: str) -> str:
        """Raises `KeyVaultError` (worth another try), `KeyUnreadableError`."""
        with self._one_at_a_time:
            if name not in self._read:
                self._read[name] = self._ask(name)
            return self._read[name]

    def _ask(self, name: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client = self._client or self._build_client()
            value: str = self._client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        except (BotoCoreError, ClientError) as error:
            log_failure("parameter not read", error, parameter=name)
            code = getattr(error, "response", {}).get("Error", {}).get("Code")
            raise (KeyUnreadableError if code in _UNREADABLE else KeyVaultError) from None
        return value
