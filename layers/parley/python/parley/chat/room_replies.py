"""One agent's reply in a room: what its model is asked, and where it is kept."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parley.chat.engine import ReplyEngine
from parley.chat.leases import Lease
from parley.chat.log_writers import LogWriter
from parley.chat.model_choice import ModelChoice
from parley.chat.reply_runs import ReplyRun
from parley.chat.room_history import introduce, read_room_history
from parley.chat.room_steps import RoomDraft
from parley.chat.tool_runs import ToolRunner
from parley.chat.turn_holds import TurnHold
from parley.domain.agents import Agent
from parley.domain.reply_logs import ReplyLog
from parley.domain.room_messages import RoomMessage, RoomMessageRepository
from parley.domain.rooms import Room, RoomRepository
from parley.errors import ReplyRunningError, RoomNotFoundError
from parley.models.types import ChatTurn, ModelRequest
from parley.tools.registry import ToolRegistry
from parley.tools.types import ToolContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where an agent answers what. `agents` are all of the room's, `people` its owner and members by name."""

    room: Room
    question: RoomMessage
    agents: Sequence[Agent]
    people: Sequence[str]


class RoomReplyStore:
    """Keeps one reply. All calls block."""

    def __init__(
        self,
        *,
        rooms: RoomRepository,
        messages: RoomMessageRepository,
        log: ReplyLog,
        lease: Lease,
        hold: TurnHold,
        room_id: str,
    ) -> None:
        self._rooms = rooms
        self._messages = messages
        self._log = log
        self._hold = hold
        self._room_id = room_id
        self.lease = lease
        self.has_kept = False

    def renew(self) -> None:
        """The turn has a heartbeat of its own. Raises `ReplyRunningError` where that or the room is lost."""
        if self._hold.is_lost or not self._room_exists():
            raise ReplyRunningError

    def keep(self, reply: RoomMessage) -> None:
        if not self._room_exists():
            self._log.discard(reply.id)
            raise RoomNotFoundError
        self._messages.put(reply)
        self.has_kept = True

    def abandon(self, reply: RoomMessage) -> None:
        """The room's messages have gone with it; a log that was still written has not."""
        if not self._room_exists():
            self._log.discard(reply.id)

    def _room_exists(self) -> bool:
        try:
            self._rooms.get(self._room_id)
        except RoomNotFoundError:
            return False
        return True


class RoomReplies:
    """Starts replies on the running event loop."""

    def __init__(
        self,
        *,
        messages: RoomMessageRepository,
        log: ReplyLog,
        models: ModelChoice,
        tools: ToolRegistry,
    ) -> None:
        self._messages = messages
        self._log = log
        self._models = models
        self._tools = tools

    def start(
        self,
        reply: RoomMessage,
        agent: Agent,
        scene: Scene,
        *,
        store: RoomReplyStore,
        seconds_left: Callable[[], float] | None,
    ) -> ReplyRun[RoomMessage]:
        """It ends itself before the process has to."""
        run = ReplyRun(
            prepare=lambda: self._prepare(reply, agent, scene),
            store=store,
            log=LogWriter(self._log, reply.id),
            reply=reply,
            draft=RoomDraft(reply),
            user_message_id=scene.question.id,
            seconds_left=seconds_left,
        )
        run.start()
        return run

    async def _prepare(
        self, reply: RoomMessage, agent: Agent, scene: Scene
    ) -> tuple[ReplyEngine, ModelRequest]:
        """The model and the history are looked for at the same time. The room's owner gives both."""
        owner_id = scene.room.owner_id
        chosen, turns = await asyncio.gather(
            asyncio.to_thread(self._models.choose, owner_id, agent.model, provider_id=agent.provider_id),
            asyncio.to_thread(read_room_history, self._messages, scene.question, reply=reply),
        )
        runner = ToolRunner(self._tools, ToolContext(user_id=owner_id), enabled=True, names=agent.tools)
        request = ModelRequest(
            model=chosen.name,
            turns=[*_system_turns(agent, scene), *turns],
            temperature=agent.temperature,
            max_tokens=agent.max_tokens,
            thinking_enabled=agent.thinking_enabled,
            tools=runner.specs(),
            speaker=agent.name,
            question=scene.question.content,
        )
        return ReplyEngine(chosen.client, runner), request


def _system_turns(agent: Agent, scene: Scene) -> list[ChatTurn]:
    prompts = [
        agent.system_prompt,
        introduce(scene.room, agent, people=scene.people, agents=scene.agents),
    ]
    return [ChatTurn(role="system", content="\n\n".join(filter(None, prompts)))]
