"""The verbs on the music of a queue: play, stop, seek and the like, and what its speaker says of an item."""

from collections.abc import Mapping, Sequence
from dataclasses import replace as replace_stage
from functools import partial
from typing import Any, Final, Protocol

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import BadBody, QueueMoved, StaleGeneration, UnknownCommand, UnknownItem
from api_queue.queues import transitions
from api_queue.queues.models import Command, Item, Queue, QueueView, Shift
from api_queue.queues.moving_up import moving_up
from api_queue.queues.order import billed_as, turns_by
from api_queue.queues.seat import renewed
from api_queue.queues.semantics import KARAKARA
from api_queue.queues.settings import CommandSemantics
from api_queue.queues.storage import Store
from api_queue.queues.transitions import SEEK_STEP_MS, Rule, Stage, Step
from api_queue.queues.turn_taking import stands_back
from api_queue.queues.turns import TRIES, Turns
from api_queue.types import ItemId, ItemStatus, QueueName, Role

#: Commands of the transport without arguments. `seek` takes `position_ms`; open, close, clear and undo are elsewhere.
RULES: Final[dict[str, Rule]] = {
    "play": transitions.play,
    "play_one": partial(transitions.play, stop_after=True),
    "pause": transitions.pause,
    "toggle": transitions.toggle,
    "stop": transitions.stop,
    "next": partial(transitions.go_on, leave_as="played"),
    "skip": partial(transitions.go_on, leave_as="skipped"),
    "prev": transitions.prev,
    "restart": transitions.restart,
    "seek_forwards": partial(transitions.seek_by, by_ms=SEEK_STEP_MS),
    "seek_backwards": partial(transitions.seek_by, by_ms=-SEEK_STEP_MS),
}
_SEMANTICS: Final[Mapping[CommandSemantics, Mapping[str, Rule]]] = {"own": RULES, "karakara": RULES | KARAKARA}


class MusicSource(Protocol):
    """`fallback.Fallback`."""

    async def music(self, queue: Queue) -> Item | None: ...


#: Commands that are no rules, here or elsewhere.
_OTHERS: Final = ("seek", "open", "close", "clear", "undo")


class TransportService:
    """`lease_ms`: how long a speaker stays the speaker after its last heartbeat. `fallback`: whence music comes when
    nothing waits.
    """

    def __init__(self, store: Store, clock: Clock, lease_ms: int, fallback: MusicSource | None = None) -> None:
        self._store = store
        self._fallback = fallback
        self._clock = clock
        self._lease_ms = lease_ms
        self._turns = Turns()

    async def command(self, name: QueueName, command: str, args: dict[str, Any], by: Role) -> Queue:
        """UnknownCommand; BadSeek and NothingPlaying of the seeks. What changes nothing costs no revision."""
        rule, known = _meant(command, args)
        return await self._apply(name, rule, Command(command, by, known))

    async def skip(self, name: QueueName, item_id: ItemId, by: Role) -> Queue:
        """As the command, of this item alone: UnknownItem when it plays no more."""
        rule, known = _meant("skip", {})
        return await self._apply(name, partial(_only, item_id, rule), Command("skip", by, known))

    async def next(self, name: QueueName, by: Role) -> Queue:
        """As players have it: at the end nothing changes, where the command `next` ends the music."""
        return await self._apply(name, transitions.next_track, Command("next", by, {}))

    async def over(
        self,
        name: QueueName,
        item_id: ItemId,
        leave_as: ItemStatus,
        generation: int | None = None,
        ended_at_ms: int | None = None,
    ) -> Queue:
        """The current item ended or failed. Said twice, or of another item, it changes nothing.

        With a `generation` its speaker says so: StaleGeneration when there is another by the time that it is written.
        """

        def rule(stage: Stage, now_ms: int) -> Step:
            session = stage.session
            if generation not in {None, session.generation}:
                raise StaleGeneration(generation=generation, current=session.generation, speaker=session.speaker_name)
            if session.item_id != item_id:
                return Step(session)
            step = transitions.ended(stage, now_ms, leave_as, ended_at_ms)
            if session.paused_because == "speaker_lost" and step != Step(session):  # it is there again
                return Step(renewed(step.session, now_ms, self._lease_ms), step.changed)
            return step

        return await self._apply(name, rule)

    async def end(self, name: QueueName) -> Queue:
        """The current item is over by itself, if its time is."""
        return await self._apply(name, transitions.end)

    async def clock_set(self, name: QueueName, step_ms: int) -> Queue:
        """As the conductor has noticed."""
        return await self._apply(name, partial(transitions.clock_set, step_ms=step_ms, lease_ms=self._lease_ms))

    async def _apply(self, name: QueueName, rule: Rule, command: Command | None = None) -> Queue:
        async with self._turns(name):
            return await self._tried(name, rule, command)

    async def _tried(self, name: QueueName, rule: Rule, command: Command | None) -> Queue:
        for _ in range(TRIES):
            view, now_ms = await self._look(name), self._clock.now_ms()
            step = await self._step(view, rule, now_ms)
            if step == Step(view.queue.session):
                return view.queue
            looked = await self._moving_up(view.queue, step, command, now_ms)
            if looked is None:
                continue
            write, first = self._store.transition, next(iter(view.to_come), None)
            rev = await write(view.queue, step.session, step.changed, command, now_ms, first, *looked)
            if rev is not None:
                undoable = deed.undoable if command and (deed := command.deed(now_ms)) else view.queue.undoable
                return replace(view.queue, rev=rev, session=step.session, changed_at_ms=now_ms, undoable=undoable)
        raise QueueMoved

    async def _step(self, view: QueueView, rule: Rule, now_ms: int) -> Step:
        """With music of the fallback where the rule would start something and nothing is there."""
        stage = _stage(view)
        step = rule(stage, now_ms)
        if self._fallback is None or stage.following or not transitions.lacks_music(rule, stage, now_ms):
            return step
        item = await self._fallback.music(view.queue)
        if item is None:
            return step
        step = rule(replace_stage(stage, following=item), now_ms)
        return Step(step.session, tuple((None if before is item else before, after) for before, after in step.changed))

    async def _moving_up(
        self, queue: Queue, step: Step, command: Command | None, now_ms: int
    ) -> tuple[int | None, Sequence[Shift]] | None:
        """What moves since an item is left unsung, and the revision at which that is so; None when the queue moved."""
        billed = ((before, billed_as(before, after, command, now_ms)) for before, after in step.changed)
        left = next((before for before, status in billed if before and turns_by(before.status, status) < 0), None)
        if left is None or queue.settings.order != "fair":
            return None, ()
        return await moving_up(self._store, queue.name, left, {after.id for _, after in step.changed})

    async def _look(self, name: QueueName) -> QueueView:
        """The items from two before the first waiting one to that one; the whole list where another may begin."""
        view = await self._store.view(name, -2, 0)
        first = next(iter(view.to_come), None)
        another = stands_back(first, view.queue.paused) if first else view.queue.session.repeat_mode == "all"
        return await self._store.view(name) if another else view


def following(view: QueueView) -> Item | None:
    """What is to start next: the first that does not stand back, else music of the fallback that was put back."""
    here = (item for item in view.to_come if not stands_back(item, view.queue.paused))
    return next(here, None) or next((item for item in view.to_come if item.by_server), None)


def _stage(view: QueueView) -> Stage:
    queue, past = view.queue, list(view.over)
    current = past.pop() if past and past[-1].id == queue.session.item_id else None
    previous: Item | None = past[-1] if past and current else None
    settings = queue.settings
    return Stage(
        queue.session,
        previous,
        current,
        following(view),
        settings.track_space_ms,
        tuple(past),
        settings.command_semantics,
    )


def _meant(command: str, args: dict[str, Any]) -> tuple[Rule, dict[str, int]]:
    """The rule, and of the arguments those that the command knows: no others are stored and told."""
    if command == "seek":
        position_ms = _position(args)
        return partial(transitions.seek, position_ms=position_ms), {"position_ms": position_ms}
    if command not in RULES:
        raise UnknownCommand(command=command, commands=", ".join(sorted([*RULES, *_OTHERS])))
    return partial(_pressed, command=command), {}


def _only(item_id: ItemId, rule: Rule, stage: Stage, now_ms: int) -> Step:
    if stage.session.item_id != item_id:
        raise UnknownItem(item_id=item_id)
    return rule(stage, now_ms)


def _pressed(stage: Stage, now_ms: int, command: str) -> Step:
    return _SEMANTICS[stage.semantics][command](stage, now_ms)


def _position(args: dict[str, Any]) -> int:
    try:
        return int(args["position_ms"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadBody(reason="seek needs position_ms, a whole number of milliseconds.") from None
