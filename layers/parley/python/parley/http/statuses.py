"""Which HTTP status, and which machine word of the contract, each fact becomes."""

from parley import errors

_STATUSES: dict[type[errors.ParleyError], int] = {
    errors.NotAuthenticatedError: 401,
    errors.BadCredentialsError: 401,
    errors.NotFoundError: 404,
    errors.NotRoomOwnerError: 403,
    errors.RoomClosedError: 403,
    errors.UsernameTakenError: 409,
    errors.EmailTakenError: 409,
    errors.ReplyRunningError: 409,
    errors.AgentNameTakenError: 409,
    errors.AgentHostedError: 409,
    errors.ReplyEndedError: 409,
    errors.QuestionDeletedError: 409,
    errors.IdempotencyKeyReusedError: 409,
    errors.RequestRunningError: 409,
    errors.TooManyProvidersError: 409,
    errors.TooManyRoomAgentsError: 409,
    errors.TooManyRoomMembersError: 409,
    errors.KeyUnreadableError: 409,
    errors.ModelServiceError: 502,
    errors.KeyVaultError: 503,
    errors.RoomQueueError: 503,
    errors.TooManyAttemptsError: 429,
}

# The contract's machine words where they are coarser than our facts.
_TYPES = {
    "conversation_not_found": "not_found",
    "message_not_found": "not_found",
    "room_not_found": "not_found",
    "room_closed": "forbidden",
    "member_not_found": "not_found",
    "provider_not_found": "not_found",
    "tool_not_found": "not_found",
    "agent_not_found": "not_found",
    "agent_name_taken": "conflict",
    "agent_hosted": "conflict",
    "username_taken": "conflict",
    "email_taken": "conflict",
    "bad_credentials": "unauthorized",
    "too_many_attempts": "rate_limited",
}


def status_of(fact: type[errors.ParleyError]) -> int:
    return next((_STATUSES[kind] for kind in fact.__mro__ if kind in _STATUSES), 500)


def type_of(key: str) -> str:
    """The contract's machine word for a phrase's key."""
    return _TYPES.get(key, key)
