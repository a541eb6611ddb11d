"""The tables with their indexes, the keys, and the queues."""

from infra.topology.kinds import Index, Key, Queue, Table

# All that a list shows, but not `running`, which changes at the beginning of every reply and at each lease.
_LISTED_CONVERSATION_ATTRIBUTES = (
    "project_id",
    "title",
    "model",
    "system_prompt",
    "prompt_version",
    "temperature",
    "max_tokens",
    "thinking_enabled",
    "message_count",
    "created_at",
    "updated_at",
)

TABLES = (
    Table(name="users", ttl_attribute="expires_at_epoch"),
    Table(
        name="conversations",
        ttl_attribute="expires_at_epoch",
        indexes=(
            Index(name="by_update", sort_key="updated_key", attributes=_LISTED_CONVERSATION_ATTRIBUTES),
            Index(name="by_project", sort_key="project_key", attributes=_LISTED_CONVERSATION_ATTRIBUTES),
        ),
    ),
    Table(name="usage"),
    Table(name="agents"),
    Table(name="idempotency", ttl_attribute="expires_at_epoch"),
    Table(name="providers"),
    Table(name="rooms", ttl_attribute="expires_at_epoch"),
    Table(name="connections", ttl_attribute="expires_at_epoch"),
)

# A customer managed key costs $1 a month even while nobody talks: the one thing here that does.
KEYS = (Key(name="providers", context=("owner", "provider")),)

# The time of the function that consumes it: no turn is given out a second time while it can still be run. One
# that takes longer is received anew for each part of it, and so is one whose runner was killed.
QUEUES: tuple[Queue, ...] = (Queue(name="room_work", visibility_timeout_seconds=900, max_receives=10),)
