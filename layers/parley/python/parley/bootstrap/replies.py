"""The parts of replies, each imported where it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parley.bootstrap import (
    conversations,
    idempotency,
    key_vault,
    open_secret,
    provider_models,
    provider_repository,
    settings,
    tools,
    usage,
)

if TYPE_CHECKING:
    from parley.chat.model_choice import ModelChoice
    from parley.chat.replies import ReplyService


def replies() -> ReplyService:
    from parley.chat.leases import Lease
    from parley.chat.replies import ReplyService
    from parley.tables.conversation_items import ConversationTableItem
    from parley.tables.messages import DynamoMessageRepository
    from parley.tables.reply_locks import DynamoReplyLock
    from parley.tables.reply_logs import DynamoReplyLog

    return ReplyService(
        conversations=conversations(),
        messages=DynamoMessageRepository(),
        lock=DynamoReplyLock(),
        log=DynamoReplyLog(ConversationTableItem),
        usage=usage(),
        request_records=idempotency(),
        models=model_choice(),
        tools=tools(),
        lease=Lease(settings().reply_lease_seconds),
    )


def model_choice() -> ModelChoice:
    from parley.chat.model_choice import ModelChoice

    return ModelChoice(
        settings().model,
        open_secret=open_secret,
        providers=provider_repository(),
        provider_models=provider_models(key_vault()),
    )
