"""Providers in DynamoDB: one default at most, an exact count, all of an owner's in one query."""

import re
from functools import partial
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from parley.domain.clock import now, to_iso
from parley.domain.ids import PROVIDER, is_id
from parley.domain.pages import Page, PageRequest
from parley.domain.providers import MAX_PROVIDERS, Provider
from parley.errors import InvalidCursorError, ProviderNotFoundError, TooManyProvidersError
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import condition_failed
from parley.tables.provider_items import (
    SUMMARY_SORT_KEY,
    assignments,
    from_row,
    owner_key,
    provider_item,
    provider_sort_key,
    summary_item,
    to_row,
)
from parley.tables.provider_items import ProviderTableItem as Row
from parley.tables.queries import StartKey, query_page

_SORT_KEY = re.compile(r"PROV#prov_[0-9A-Z]{26}")
# How often a write is tried again that met another write to the same provider.
_TRIES = 5


class DynamoProviderRepository:
    def add(self, provider: Provider) -> None:
        try:
            despite_conflicts(lambda: self._add(provider))
        except TransactWriteError as error:
            if not condition_failed(error):
                raise
            raise TooManyProvidersError from None

    def _add(self, provider: Provider) -> None:
        """Passes while the owner may have one more."""
        counted: list[Action] = [Row.provider_count.add(1)]
        if provider.is_default:
            counted.append(Row.default_id.set(provider.id))
        room = Row.provider_count.does_not_exist() | (Row.provider_count < MAX_PROVIDERS)
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.save(to_row(provider))
            transaction.update(summary_item(provider.user_id), counted, room)

    def get(self, owner_id: str, provider_id: str) -> Provider:
        if not is_id(PROVIDER, provider_id):
            raise ProviderNotFoundError
        partition = owner_key(owner_id)
        keys = [(partition, provider_sort_key(provider_id)), (partition, SUMMARY_SORT_KEY)]
        found = {row.sk: row for row in Row.batch_get(keys, consistent_read=True)}
        row = found.get(provider_sort_key(provider_id))
        if row is None:
            raise ProviderNotFoundError
        return from_row(row, default_id=_default_id(found.get(SUMMARY_SORT_KEY)))

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Provider]:
        """Newest first. A page number reads all pages up to it, a cursor only its own."""

        def start_key(text: str) -> StartKey:
            if not _SORT_KEY.fullmatch(text):
                raise InvalidCursorError
            return {"pk": {"S": owner_key(owner_id)}, "sk": {"S": text}}

        rows: list[Row]
        rows, cursor = query_page(
            Row.query,
            owner_key(owner_id),
            Row.sk.startswith(provider_sort_key("")),
            page=page,
            newest_first=True,
            start_key=start_key,
            cursor_of=lambda row: row.sk,
        )
        summary = _summary(owner_id)
        return Page(
            items=[from_row(row, default_id=_default_id(summary)) for row in rows],
            total=int(summary.provider_count or 0) if summary else 0,
            next_cursor=cursor,
        )

    def enabled(self, owner_id: str) -> list[Provider]:
        rows = {row.sk: row for row in Row.query(owner_key(owner_id), consistent_read=True)}
        default_id = _default_id(rows.pop(SUMMARY_SORT_KEY, None))
        providers = [from_row(row, default_id=default_id) for _, row in sorted(rows.items()) if row.enabled]
        return sorted(providers, key=lambda provider: not provider.is_default)

    def change(self, owner_id: str, provider_id: str, changes: dict[str, Any]) -> Provider:
        for _ in range(_TRIES):
            found = self.get(owner_id, provider_id)
            try:
                return despite_conflicts(partial(self._change, found, changes))
            except (UpdateError, TransactWriteError) as error:
                if not condition_failed(error):
                    raise
        raise ProviderNotFoundError

    def _change(self, found: Provider, changes: dict[str, Any]) -> Provider:
        """Passes while the provider exists and, where it is to stop being the default, still is it."""
        item = provider_item(found.user_id, found.id)
        actions: list[Action] = [Row.updated_at.set(to_iso(now())), *assignments(changes)]
        is_default = changes.get("is_default", found.is_default)
        if is_default == found.is_default:
            item.update(actions, Row.pk.exists())
            return from_row(item, default_id=found.id if is_default else None)
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.update(item, actions, Row.pk.exists())
            if is_default:
                transaction.update(summary_item(found.user_id), [Row.default_id.set(found.id)])
            else:
                transaction.update(
                    summary_item(found.user_id), [Row.default_id.remove()], Row.default_id == found.id
                )
        return self.get(found.user_id, found.id)

    def delete(self, owner_id: str, provider_id: str) -> None:
        for _ in range(_TRIES):
            found = self.get(owner_id, provider_id)
            try:
                despite_conflicts(partial(self._delete, found))
            except TransactWriteError as error:
                if not condition_failed(error):
                    raise
            else:
                return
        raise ProviderNotFoundError

    def _delete(self, found: Provider) -> None:
        """Passes while the provider exists and is the default, or is not, as it was read."""
        counted: list[Action] = [Row.provider_count.add(-1)]
        if found.is_default:
            counted.append(Row.default_id.remove())
            unchanged = Row.default_id == found.id
        else:
            unchanged = Row.default_id.does_not_exist() | (Row.default_id != found.id)
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.delete(provider_item(found.user_id, found.id), Row.pk.exists())
            transaction.update(summary_item(found.user_id), counted, unchanged)


def _default_id(summary: Row | None) -> str | None:
    return summary.default_id if summary else None


def _summary(owner_id: str) -> Row | None:
    summary = summary_item(owner_id)
    try:
        summary.refresh(consistent_read=True)
    except Row.DoesNotExist:
        return None
    return summary
