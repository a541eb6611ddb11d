"""Makes the topology's keys at an endpoint, each known by its alias."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from infra.local.plan import key_alias
from infra.topology import Key

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient


def ensure_keys(client: "KMSClient", keys: Iterable[Key]) -> None:
    """Creates what is missing. A key that exists stays: it opens what it sealed."""
    for key in keys:
        alias = key_alias(key.name)
        try:
            client.describe_key(KeyId=alias)
        except client.exceptions.NotFoundException:
            made = client.create_key(Description=f"parley local: {key.name}")
            client.create_alias(AliasName=alias, TargetKeyId=made["KeyMetadata"]["KeyId"])
