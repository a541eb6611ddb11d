"""Makes the topology's keys at an endpoint, each known by its alias."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from infra.local.plan import key_alias
from infra.topology import Key

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient


def ensure_keys(client: "KMSClient", keys: Iterable[Key], *, required: bool) -> str | None:
    """Creates what is missing. A key that exists stays: it opens what it sealed.

    Where no key is `required`, an endpoint without KMS is no failure: the reason is returned.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        _ensure_keys(client, keys)
    except (BotoCoreError, ClientError) as error:
        if required:
            raise
        return str(error)
    return None


def _ensure_keys(client: "KMSClient", keys: Iterable[Key]) -> None:
    for key in keys:
        alias = key_alias(key.name)
        try:
            client.describe_key(KeyId=alias)
        except client.exceptions.NotFoundException:
            made = client.create_key(Description=f"parley local: {key.name}")
            client.create_alias(AliasName=alias, TargetKeyId=made["KeyMetadata"]["KeyId"])
