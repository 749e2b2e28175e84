"""The verbs on the music of a queue: play, stop, seek and the like, and what its speaker says of an item."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import BadBody, QueueMoved, StaleGeneration, UnknownCommand
from api_queue.queues import transitions
from api_queue.queues.models import Command, Item, Queue, QueueView, Shift, Store
from api_queue.queues.moving_up import moving_up
from api_queue.queues.order import turns_by
from api_queue.queues.seat import renewed
from api_queue.queues.transitions import SEEK_STEP_MS, Stage, Step
from api_queue.queues.turns import TRIES, Turns
from api_queue.types import ItemId, ItemStatus, QueueName, Role

Rule = Callable[[Stage, int], Step]

#: Commands of the transport without arguments. `seek` takes `position_ms`; open, close and clear are elsewhere.
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


class TransportService:
    """`lease_ms`: how long a speaker stays the speaker after its last heartbeat."""

    def __init__(self, store: Store, clock: Clock, lease_ms: int) -> None:
        self._store = store
        self._clock = clock
        self._lease_ms = lease_ms
        self._turns = Turns()

    async def command(self, name: QueueName, command: str, args: dict[str, Any], by: Role) -> Queue:
        """UnknownCommand; BadSeek and NothingPlaying of the seeks. What changes nothing costs no revision."""
        rule, known = _meant(command, args)
        return await self._apply(name, rule, Command(command, by, known))

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

    async def _apply(self, name: QueueName, rule: Rule, command: Command | None = None) -> Queue:
        async with self._turns(name):
            return await self._tried(name, rule, command)

    async def _tried(self, name: QueueName, rule: Rule, command: Command | None) -> Queue:
        for _ in range(TRIES):
            view, now_ms = await self._look(name), self._clock.now_ms()
            stage = _stage(view)
            step = rule(stage, now_ms)
            if step == Step(view.queue.session):
                return view.queue
            looked = await self._moving_up(view.queue, step)
            if looked is None:
                continue
            write = self._store.transition
            rev = await write(view.queue, step.session, step.changed, command, now_ms, stage.following, *looked)
            if rev is not None:
                return replace(view.queue, rev=rev, session=step.session, changed_at_ms=now_ms)
        raise QueueMoved

    async def _moving_up(self, queue: Queue, step: Step) -> tuple[int | None, Sequence[Shift]] | None:
        """What moves since an item is left unsung, and the revision at which that is so; None when the queue moved."""
        left = next((before for before, after in step.changed if turns_by(before.status, after.status) < 0), None)
        if left is None or queue.settings.order != "fair":
            return None, ()
        return await moving_up(self._store, queue.name, left, {before.id for before, _ in step.changed})

    async def _look(self, name: QueueName) -> QueueView:
        """The items from two before the first waiting one to that one; the whole list where it may begin again."""
        view = await self._store.view(name, -2, 0)
        again = view.queue.session.repeat_mode == "all" and not view.queue.waiting
        return await self._store.view(name) if again else view


def _stage(view: QueueView) -> Stage:
    queue = view.queue
    past = [i for i in view.items if i.status != "queued"]
    following = next((i for i in view.items if i.status == "queued"), None)
    current = past.pop() if past and past[-1].id == queue.session.item_id else None
    previous: Item | None = past[-1] if past and current else None
    return Stage(queue.session, previous, current, following, queue.settings.track_space_ms, tuple(past))


def _meant(command: str, args: dict[str, Any]) -> tuple[Rule, dict[str, int]]:
    """The rule, and of the arguments those that the command knows: no others are stored and told."""
    if command == "seek":
        position_ms = _position(args)
        return partial(transitions.seek, position_ms=position_ms), {"position_ms": position_ms}
    if command not in RULES:
        raise UnknownCommand(command=command, commands=", ".join(sorted([*RULES, "seek", "open", "close", "clear"])))
    return RULES[command], {}


def _position(args: dict[str, Any]) -> int:
    try:
        return int(args["position_ms"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadBody(reason="seek needs position_ms, a whole number of milliseconds.") from None
