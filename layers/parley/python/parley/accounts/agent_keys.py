"""The keys with which external agents prove who they are."""

import secrets

from parley.accounts.authentication import hash_token
from parley.domain.agents import AgentRepository

# Told apart at a glance from a person's token, and by those who search published code for secrets.
KEY_PREFIX = "pak_"


def issue_key(agents: AgentRepository, *, owner_id: str, agent_id: str) -> str:
    """A new key in the place of the one before: seen in clear here and nowhere later.

    Raises `AgentNotFoundError`, `AgentHostedError`.
    """
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    agents.replace_key(owner_id, agent_id, key_hash=hash_token(key))
    return key
