"""The agents table.

USER#<owner>    AGENT#<id>     the agent, with its key's digest
USER#<owner>    NAME#<digest>  that the owner has an agent of this name
USER#<owner>    COUNT          how many agents the owner has
KEY#<sha256>    KEY            whose connect key it is
"""

from hashlib import sha256
from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from parley.domain.agents import Agent, AgentKind, name_key
from parley.domain.clock import from_iso, to_iso
from parley.tables.item import Item, same

AGENT_PREFIX = "AGENT#"


class AgentTableItem(Item):
    """Any item of the table; each kind fills what it needs."""

    class Meta:
        table_name = "unbound"

    # An agent.
    name = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    system_prompt = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    temperature = NumberAttribute(null=True)
    max_tokens = NumberAttribute(null=True)
    thinking_enabled = BooleanAttribute(null=True)
    tools: ListAttribute[Any] = ListAttribute(of=UnicodeAttribute, null=True)
    kind = UnicodeAttribute(null=True)
    key_hash = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)
    # A counter.
    agent_count = NumberAttribute(null=True)
    # A key.
    owner_id = UnicodeAttribute(null=True)
    agent_id = UnicodeAttribute(null=True)


def owner_key(owner_id: str) -> str:
    return f"USER#{owner_id}"


def agent_item(owner_id: str, agent_id: str) -> AgentTableItem:
    """The item's key alone, to update or delete."""
    return AgentTableItem(owner_key(owner_id), AGENT_PREFIX + agent_id)


def name_item(owner_id: str, name: str) -> AgentTableItem:
    """A digest, because a key holds 1,024 bytes and a name's letters may unfold to more."""
    digest = sha256(name_key(name).encode()).hexdigest()
    return AgentTableItem(owner_key(owner_id), f"NAME#{digest}")


def count_item(owner_id: str) -> AgentTableItem:
    return AgentTableItem(owner_key(owner_id), "COUNT")


def key_item(key_hash: str, **attributes: Any) -> AgentTableItem:
    return AgentTableItem(f"KEY#{key_hash}", "KEY", **attributes)


def as_read(row: AgentTableItem) -> Condition:
    """The agent exists, and the items beside it that speak of it are those that it had when it was read."""
    condition: Condition = (
        AgentTableItem.pk.exists()
        & (AgentTableItem.name == row.name)
        & (AgentTableItem.kind == row.kind)
        & same(AgentTableItem.key_hash, row.key_hash)
    )
    return condition


def to_row(agent: Agent) -> AgentTableItem:
    return AgentTableItem(
        owner_key(agent.user_id),
        AGENT_PREFIX + agent.id,
        name=agent.name,
        description=agent.description,
        system_prompt=agent.system_prompt,
        model=agent.model,
        provider_id=agent.provider_id,
        temperature=agent.temperature,
        max_tokens=agent.max_tokens,
        thinking_enabled=agent.thinking_enabled,
        tools=None if agent.tools is None else list(agent.tools),
        kind=agent.kind.value,
        created_at=to_iso(agent.created_at),
        updated_at=to_iso(agent.updated_at),
    )


def owner_of(row: AgentTableItem) -> str:
    return row.pk.removeprefix("USER#")


def id_of(row: AgentTableItem) -> str:
    return row.sk.removeprefix(AGENT_PREFIX)


def from_row(row: AgentTableItem) -> Agent:
    return Agent(
        id=id_of(row),
        user_id=owner_of(row),
        name=row.name or "",
        description=row.description,
        system_prompt=row.system_prompt,
        model=row.model or "",
        provider_id=row.provider_id,
        temperature=float(row.temperature or 0),
        max_tokens=int(row.max_tokens or 0),
        thinking_enabled=bool(row.thinking_enabled),
        tools=None if row.tools is None else tuple(row.tools),
        kind=AgentKind(row.kind or AgentKind.HOSTED),
        created_at=from_iso(row.created_at or ""),
        updated_at=from_iso(row.updated_at or ""),
    )
