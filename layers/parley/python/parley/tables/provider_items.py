"""The providers table.

USER#<owner>  PROV#<id>   a provider
USER#<owner>  SUMMARY     how many the owner has, and which one is the default

The default stands in one place, so there are never two of them.
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.expressions.update import Action

from parley.domain.clock import from_iso, to_iso
from parley.domain.providers import Provider, ProviderKind, SealedKey
from parley.tables.item import Item, assign

SUMMARY_SORT_KEY = "SUMMARY"


class ProviderTableItem(Item):
    """Any item of the table; each kind fills what it needs."""

    class Meta:
        table_name = "unbound"

    # A provider.
    name = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    base_url = UnicodeAttribute(null=True)
    models: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    enabled = BooleanAttribute(null=True)
    key_ciphertext = BinaryAttribute(null=True, legacy_encoding=False)
    key_hint = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)
    # The summary.
    provider_count = NumberAttribute(null=True)
    default_id = UnicodeAttribute(null=True)


def owner_key(owner_id: str) -> str:
    return f"USER#{owner_id}"


def provider_sort_key(provider_id: str) -> str:
    return f"PROV#{provider_id}"


def provider_item(owner_id: str, provider_id: str) -> ProviderTableItem:
    """The item's key alone, to update or delete."""
    return ProviderTableItem(owner_key(owner_id), provider_sort_key(provider_id))


def summary_item(owner_id: str) -> ProviderTableItem:
    return ProviderTableItem(owner_key(owner_id), SUMMARY_SORT_KEY)


def to_row(provider: Provider) -> ProviderTableItem:
    key = provider.sealed_key
    return ProviderTableItem(
        owner_key(provider.user_id),
        provider_sort_key(provider.id),
        name=provider.name,
        kind=provider.kind.value,
        base_url=provider.base_url,
        models=list(provider.models),
        enabled=provider.enabled,
        key_ciphertext=key.ciphertext if key else None,
        key_hint=key.hint if key else None,
        created_at=to_iso(provider.created_at),
        updated_at=to_iso(provider.updated_at),
    )


def from_row(row: ProviderTableItem, *, default_id: str | None) -> Provider:
    identifier = row.sk.removeprefix("PROV#")
    key = SealedKey(ciphertext=row.key_ciphertext, hint=row.key_hint or "…") if row.key_ciphertext else None
    return Provider(
        id=identifier,
        user_id=row.pk.removeprefix("USER#"),
        name=row.name or "",
        kind=ProviderKind(row.kind),
        base_url=row.base_url,
        models=tuple(row.models or ()),
        is_default=default_id == identifier,
        enabled=bool(row.enabled),
        created_at=from_iso(row.created_at or ""),
        updated_at=from_iso(row.updated_at or ""),
        sealed_key=key,
    )


def assignments(changes: Mapping[str, Any]) -> list[Action]:
    """The actions that set a provider's fields. `is_default` is the summary's affair."""
    row = ProviderTableItem
    values = {name: value for name, value in changes.items() if name not in ("is_default", "sealed_key")}
    if "sealed_key" in changes:
        key: SealedKey | None = changes["sealed_key"]
        values |= {"key_ciphertext": key.ciphertext if key else None, "key_hint": key.hint if key else None}
    return [assign(getattr(row, name), value) for name, value in values.items()]
