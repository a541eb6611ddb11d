"""The functions, with all that each may do and is told."""

from infra.topology.kinds import Function

_SESSION_CHECK = ("GetItem",)
_ALL_ITEM_ACTIONS = (
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "UpdateItem",
)

# For functions with POSTs that may be repeated under an Idempotency-Key. Only a long answer takes a query.
_IDEMPOTENCY = ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")

MODEL_SETTINGS = ("PARLEY_MODEL_BASE_URL", "PARLEY_MODEL_NAME")
MODEL_SECRETS = ("PARLEY_MODEL_API_KEY",)
FETCH_SETTINGS = ("PARLEY_ALLOW_PRIVATE_URLS",)
TOOL_SETTINGS = (*FETCH_SETTINGS, "PARLEY_SEARCH_SEARXNG_URL")
TOOL_SECRETS = ("PARLEY_SEARCH_TAVILY_API_KEY", "PARLEY_SEARCH_BRAVE_API_KEY")
REPLY_SETTINGS = ("PARLEY_REPLY_LEASE_SECONDS",)
BEDROCK_REGION_SETTING = "PARLEY_BEDROCK_REGION"
PROVIDER_SETTINGS = (*FETCH_SETTINGS, BEDROCK_REGION_SETTING)

# Converse and ConverseStream ask for the rights of the older calls.
_BEDROCK_CALLS = ("InvokeModel", "InvokeModelWithResponseStream")

FUNCTIONS = (
    Function(name="service", memory_mb=256, timeout_seconds=10, openapi_document=True),
    Function(
        name="auth",
        memory_mb=1024,
        timeout_seconds=29,
        tables={"users": ("DeleteItem", "GetItem", "PutItem", "UpdateItem")},
        settings=("PARLEY_SESSION_HOURS",),
        asks_who_calls=True,
    ),
    Function(
        name="conversations",
        memory_mb=512,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "conversations": ("BatchGetItem", *_ALL_ITEM_ACTIONS),
            "idempotency": _IDEMPOTENCY,
        },
    ),
    Function(
        name="agents",
        memory_mb=512,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "agents": ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            "idempotency": _IDEMPOTENCY,
            "providers": ("BatchGetItem",),
        },
    ),
    # A room with all that was said in it may take its time to delete.
    Function(
        name="chat_rooms",
        memory_mb=1024,
        timeout_seconds=900,
        streaming=True,
        tables={
            "users": _SESSION_CHECK,
            "agents": ("BatchGetItem",),
            "rooms": ("BatchGetItem", *_ALL_ITEM_ACTIONS),
            "connections": ("DeleteItem", "Query", "UpdateItem"),
            "idempotency": _IDEMPOTENCY,
        },
        sends_to=("room_work",),
        posts_to_sockets=True,
    ),
    # Between a handshake, or a frame, and what comes of it: its memory is for its speed.
    Function(
        name="room_socket",
        memory_mb=1024,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "agents": ("BatchGetItem", "GetItem"),
            "rooms": ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            "connections": ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
        },
        sends_to=("room_work",),
        posts_to_sockets=True,
    ),
    Function(
        name="agent_turns",
        memory_mb=1024,
        timeout_seconds=900,
        tool_dependencies=True,
        tables={
            "agents": ("BatchGetItem",),
            "rooms": _ALL_ITEM_ACTIONS,
            "connections": ("DeleteItem", "GetItem", "Query", "UpdateItem"),
            "usage": ("UpdateItem",),
            "providers": ("Query",),
        },
        keys={"providers": ("Decrypt",)},
        bedrock=_BEDROCK_CALLS,
        settings=(*MODEL_SETTINGS, *TOOL_SETTINGS, *REPLY_SETTINGS, BEDROCK_REGION_SETTING),
        secrets=(*MODEL_SECRETS, *TOOL_SECRETS),
        invokes=("code_runner",),
        sends_to=("room_work",),
        consumes="room_work",
        posts_to_sockets=True,
    ),
    Function(
        name="messages",
        memory_mb=1024,
        timeout_seconds=900,
        streaming=True,
        tool_dependencies=True,
        tables={
            "users": _SESSION_CHECK,
            "conversations": _ALL_ITEM_ACTIONS,
            "usage": ("UpdateItem",),
            "idempotency": _IDEMPOTENCY,
            "providers": ("Query",),
        },
        keys={"providers": ("Decrypt",)},
        bedrock=_BEDROCK_CALLS,
        settings=(*MODEL_SETTINGS, *TOOL_SETTINGS, *REPLY_SETTINGS, BEDROCK_REGION_SETTING),
        secrets=(*MODEL_SECRETS, *TOOL_SECRETS),
        invokes=("code_runner",),
    ),
    # Trying a provider out takes up to 24 s.
    Function(
        name="providers",
        memory_mb=1024,
        timeout_seconds=29,
        tables={
            "users": _SESSION_CHECK,
            "providers": ("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            "idempotency": _IDEMPOTENCY,
        },
        keys={"providers": ("Decrypt", "Encrypt")},
        bedrock=(*_BEDROCK_CALLS, "ListFoundationModels", "ListInferenceProfiles"),
        settings=PROVIDER_SETTINGS,
    ),
    Function(
        name="usage",
        memory_mb=512,
        timeout_seconds=29,
        tables={"users": _SESSION_CHECK, "usage": ("Query",)},
    ),
    # A program may run for 30 s, longer than a buffered integration: hence the streaming.
    Function(
        name="tools",
        memory_mb=1024,
        timeout_seconds=120,
        streaming=True,
        tool_dependencies=True,
        tables={"users": _SESSION_CHECK, "idempotency": _IDEMPOTENCY},
        settings=TOOL_SETTINGS,
        secrets=TOOL_SECRETS,
        invokes=("code_runner",),
    ),
    # Half of the memory is for one program; with it comes half a processor. A program may take 30 s.
    Function(name="code_runner", memory_mb=1024, timeout_seconds=60, tool_dependencies=True, isolated=True),
)
