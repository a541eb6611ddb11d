"""Agents in DynamoDB. Their names, keys and number stand in items of their own, in step by transactions.

An agent is changed seldom and read by every turn: what does not touch those items is one conditional write.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from parley.domain.agents import Agent, AgentKind
from parley.domain.clock import now, to_iso
from parley.domain.ids import AGENT, is_id
from parley.domain.pages import Page, PageRequest
from parley.errors import AgentHostedError, AgentNameTakenError, AgentNotFoundError, InvalidCursorError
from parley.tables.agent_items import (
    AGENT_PREFIX,
    agent_item,
    as_read,
    count_item,
    from_row,
    id_of,
    key_item,
    name_item,
    owner_key,
    owner_of,
    to_row,
)
from parley.tables.agent_items import AgentTableItem as Row
from parley.tables.conflicts import despite_conflicts
from parley.tables.item import assign, condition_failed
from parley.tables.queries import StartKey, query_page

# How often a write is tried that meets another one to the same agent.
_TRIES = 10


class DynamoAgentRepository:
    def add(self, agent: Agent) -> None:
        try:
            despite_conflicts(lambda: self._add(agent))
        except TransactWriteError as error:
            if _refused(error, position=1):
                raise AgentNameTakenError from None
            raise

    def _add(self, agent: Agent) -> None:
        unused = Row.pk.does_not_exist()
        with TransactWrite(connection=Row.connection()) as transaction:
            transaction.save(to_row(agent), unused)
            transaction.save(name_item(agent.user_id, agent.name), unused)
            transaction.update(count_item(agent.user_id), [Row.agent_count.add(1)])

    def get(self, owner_id: str, agent_id: str) -> Agent:
        return from_row(_current(owner_id, agent_id))

    def find_many(self, owner_id: str, agent_ids: Sequence[str]) -> list[Agent]:
        keys = [(owner_key(owner_id), AGENT_PREFIX + each) for each in agent_ids if is_id(AGENT, each)]
        found = {id_of(row): row for row in Row.batch_get(keys, consistent_read=True)}
        return [from_row(found[each]) for each in dict.fromkeys(agent_ids) if each in found]

    def list_page(self, owner_id: str, *, page: PageRequest) -> Page[Agent]:
        """Newest first. A page number reads all pages up to it, a cursor only its own."""

        def start_key(agent_id: str) -> StartKey:
            if not is_id(AGENT, agent_id):
                raise InvalidCursorError
            return {"pk": {"S": owner_key(owner_id)}, "sk": {"S": AGENT_PREFIX + agent_id}}

        rows: list[Row]
        rows, cursor = query_page(
            Row.query,
            owner_key(owner_id),
            Row.sk.startswith(AGENT_PREFIX),
            page=page,
            newest_first=True,
            start_key=start_key,
            cursor_of=id_of,
        )
        return Page(items=[from_row(row) for row in rows], total=_total(owner_id), next_cursor=cursor)

    def change(self, owner_id: str, agent_id: str, changes: dict[str, Any]) -> Agent:
        actions = [assign(getattr(Row, name), value) for name, value in changes.items()]
        actions.append(Row.updated_at.set(to_iso(now())))

        def write(row: Row) -> Agent:
            come, go = _beside(row, changes)
            try:
                return _change(row, actions, come, go)
            except TransactWriteError as error:
                if come and _refused(error, position=len(go)):
                    raise AgentNameTakenError from None
                raise

        return _on_current(owner_id, agent_id, write)

    def delete(self, owner_id: str, agent_id: str) -> None:
        _on_current(owner_id, agent_id, _delete)

    def replace_key(self, owner_id: str, agent_id: str, *, key_hash: str) -> None:
        def write(row: Row) -> None:
            if row.kind != AgentKind.EXTERNAL:
                raise AgentHostedError
            key = key_item(key_hash, owner_id=owner_id, agent_id=agent_id)
            _change(row, [Row.key_hash.set(key_hash)], [key], _key_of(row))

        _on_current(owner_id, agent_id, write)

    def find_by_key_hash(self, key_hash: str) -> Agent | None:
        """The agent's own item decides: the two reads may lie before and behind a replacement."""
        key = _find(key_item(key_hash))
        row = _find(agent_item(key.owner_id, key.agent_id)) if key else None
        return from_row(row) if row and row.key_hash == key_hash else None


def _find(item: Row) -> Row | None:
    try:
        return Row.get(item.pk, item.sk, consistent_read=True)
    except Row.DoesNotExist:
        return None


def _current(owner_id: str, agent_id: str) -> Row:
    row = _find(agent_item(owner_id, agent_id)) if is_id(AGENT, agent_id) else None
    if row is None:
        raise AgentNotFoundError
    return row


def _on_current[Result](owner_id: str, agent_id: str, write: Callable[[Row], Result]) -> Result:
    """What `write` returns for the agent as it is now; it is called anew where another write came between."""

    def attempt() -> Result:
        return write(_current(owner_id, agent_id))

    for _ in range(_TRIES - 1):
        try:
            return despite_conflicts(attempt)
        except (UpdateError, TransactWriteError) as error:
            if not condition_failed(error):
                raise
    return despite_conflicts(attempt)


def _key_of(row: Row) -> list[Row]:
    return [key_item(row.key_hash)] if row.key_hash else []


def _beside(row: Row, changes: dict[str, Any]) -> tuple[list[Row], list[Row]]:
    """The items that come and those that go with the changes."""
    before = name_item(owner_of(row), row.name)
    after = name_item(owner_of(row), changes.get("name", row.name))
    come, go = ([after], [before]) if after.sk != before.sk else ([], [])
    if changes.get("kind") == AgentKind.HOSTED:
        go += _key_of(row)
    return come, go


def _change(row: Row, actions: list[Action], come: list[Row], go: list[Row]) -> Agent:
    """Passes while the agent is as it was read, and what is to come is not there."""
    item = agent_item(owner_of(row), id_of(row))
    if not come and not go:
        item.update(actions, as_read(row))
        return from_row(item)
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.update(item, actions, as_read(row))
        for each in come:
            transaction.save(each, Row.pk.does_not_exist())
        for each in go:
            transaction.delete(each)
    return from_row(_current(owner_of(row), id_of(row)))


def _delete(row: Row) -> None:
    with TransactWrite(connection=Row.connection()) as transaction:
        transaction.delete(agent_item(owner_of(row), id_of(row)), as_read(row))
        for each in [name_item(owner_of(row), row.name), *_key_of(row)]:
            transaction.delete(each)
        transaction.update(count_item(owner_of(row)), [Row.agent_count.add(-1)])


def _refused(error: TransactWriteError, *, position: int) -> bool:
    """Whether the condition of this item did not hold: pynamodb sends deletions, then puts, then updates."""
    reasons = error.cancellation_reasons[position : position + 1]
    return any(reason and reason.code == "ConditionalCheckFailed" for reason in reasons)


def _total(owner_id: str) -> int:
    counter = _find(count_item(owner_id))
    return int(counter.agent_count or 0) if counter else 0
