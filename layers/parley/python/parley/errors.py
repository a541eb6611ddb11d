"""Facts that stop a request. They know no HTTP status: `http` maps each to an answer of the contract."""

from collections.abc import Mapping, Sequence
from typing import Any


class ParleyError(Exception):
    """The base of what a user may be told. `key` names the phrase and is the contract's `type`."""

    key = "internal_error"
    retry_after_seconds: int | None = None


class NotAuthenticatedError(ParleyError):
    """No token, or one that is malformed, expired or logged out."""

    key = "unauthorized"


class BadCredentialsError(ParleyError):
    """The name is unknown or the password wrong; which of the two is not said."""

    key = "bad_credentials"


class TooManyAttemptsError(ParleyError):
    """Too many failed log-ins for one name or address."""

    key = "too_many_attempts"

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(f"retry after {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class AttemptsUndecidedError(TooManyAttemptsError):
    """Log-ins that are being decided take all that is left; retryable as soon as one of them succeeds."""


class UsernameTakenError(ParleyError):
    key = "username_taken"


class EmailTakenError(ParleyError):
    key = "email_taken"


class NotFoundError(ParleyError):
    """It does not exist, or belongs to somebody else: the two read the same."""

    key = "not_found"


class ConversationNotFoundError(NotFoundError):
    key = "conversation_not_found"


class RoomNotFoundError(NotFoundError):
    key = "room_not_found"


class NotRoomOwnerError(ParleyError):
    """A member asks for what only the room's owner may do."""

    key = "forbidden"


class RoomClosedError(ParleyError):
    """The room is not there, or not open to whoever wants to connect: the two read the same."""

    key = "room_closed"


class UnknownAgentError(ParleyError):
    """A room is to have an agent that its owner does not have. `index` is its place in a list of ids."""

    key = "unknown_agent"

    def __init__(self, index: int | None = None) -> None:
        super().__init__(index)
        self.index = index


class UnknownUserError(ParleyError):
    """Nobody bears the user name that is to become a member."""

    key = "unknown_user"


class MemberNotFoundError(NotFoundError):
    """The room has no such member."""

    key = "member_not_found"


class TooManyRoomAgentsError(ParleyError):
    """The room has as many agents as one may have."""

    key = "too_many_room_agents"


class TooManyRoomMembersError(ParleyError):
    """The room has as many members as one may have."""

    key = "too_many_room_members"


class MessageNotFoundError(NotFoundError):
    key = "message_not_found"


class ProviderNotFoundError(NotFoundError):
    key = "provider_not_found"


class UnknownProviderError(ParleyError):
    """The agent names a provider that its owner does not have."""

    key = "unknown_provider"


class AgentNotFoundError(NotFoundError):
    key = "agent_not_found"


class AgentNameTakenError(ParleyError):
    """The user has another agent whose name counts as the same."""

    key = "agent_name_taken"


class AgentHostedError(ParleyError):
    """The agent is run here: only an external one connects, and has a key."""

    key = "agent_hosted"


class TooManyProvidersError(ParleyError):
    """The user has as many providers as one may have."""

    key = "too_many_providers"


class RefusedBaseUrlError(ParleyError):
    """A provider may not have this address. `reason` is a clause fit for a user."""

    key = "refused_base_url"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ModelServiceError(ParleyError):
    """A model's service failed. `reason` is its own, fit for a user; `type` that of the model's error."""

    key = "model_error"

    def __init__(self, reason: str, *, type: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.type = type


class KeyVaultError(ParleyError):
    """The service that keeps keys cannot be reached or does not answer; retryable."""

    key = "key_vault_unavailable"


class KeyUnreadableError(ParleyError):
    """A stored key cannot be opened: it has to be given anew."""

    key = "key_unreadable"


class RoomQueueError(ParleyError):
    """The queue of the rooms' work cannot be reached or does not answer; retryable."""

    key = "room_queue_unavailable"


class ToolNotFoundError(NotFoundError):
    """No tool bears this name."""

    key = "tool_not_found"


class InvalidArgumentsError(ParleyError):
    """A tool's arguments do not fit its schema. `problems` are pydantic's: `loc`, `type`, `msg`, `ctx`."""

    key = "validation_error"

    def __init__(self, problems: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems))
        self.problems = problems


class IdempotencyKeyReusedError(ParleyError):
    """The key belongs to another request of the same user at the same address."""

    key = "idempotency_conflict"


class RequestRunningError(ParleyError):
    """The same request with the same key has not ended yet; retryable."""

    key = "idempotency_in_progress"
    retry_after_seconds = 2


class ReplyRunningError(ParleyError):
    """The conversation's reply is still being written; retry when it has ended."""

    key = "reply_running"


class QuestionDeletedError(ParleyError):
    """The message that a reply answers has been deleted: there is nothing to answer anew."""

    key = "question_deleted"


class ReplyEndedError(ParleyError):
    """The reply has ended: there is nothing to stop."""

    key = "reply_ended"


class InvalidCursorError(ParleyError):
    """The cursor was not given out for this list."""

    key = "invalid_cursor"
