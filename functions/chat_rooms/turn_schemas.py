"""What a person says in a chat room over a request."""

from typing import Annotated

from pydantic import Field

from functions.chat_rooms.schemas import AgentIds
from parley.domain.messages import MAX_CONTENT_CHARACTERS
from parley.http.fields import RequestBody


class PostRoomMessageRequest(RequestBody):
    content: Annotated[
        str,
        Field(min_length=1, max_length=MAX_CONTENT_CHARACTERS, examples=["@Poet, when is high tide?"]),
    ]
    mentions: AgentIds = Field(default_factory=list)
