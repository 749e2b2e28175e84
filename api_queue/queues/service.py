"""The verbs on queues themselves: make, list, look, settings, history, delete."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from api_queue.accounts.service import TokenService
from api_queue.drivers.clock import Clock
from api_queue.errors import GuestQueuesOff, QueueExists, QueueMoved, UnknownQueue
from api_queue.formats import crockford
from api_queue.queues.arrangement import ArrangementStore
from api_queue.queues.changes import LAST
from api_queue.queues.deeds import Deed, settings_changed
from api_queue.queues.models import MADE_BY_GUESTS, Item, Queue, QueueView
from api_queue.queues.names import new_queue_name
from api_queue.queues.order import switched
from api_queue.queues.settings import Order, QueueSettings, SettingsChange
from api_queue.queues.settings_rules import check_admin_only, check_change, within_kind
from api_queue.queues.storage import History, Leftovers, Store
from api_queue.queues.turns import TRIES
from api_queue.settings import Settings
from api_queue.tracks.models import TagFilter
from api_queue.types import EventName, QueueKind, QueueName, Role, TrackId
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import Limiter

_EMPTY: Final = QueueSettings()


@dataclass(frozen=True, slots=True)
class Made:
    """A new queue and, shown this once, the token that makes its bearer the host."""

    queue: Queue
    host_token: str


class QueueService:
    """`check_music` raises BadSetting for a fallback that the library does not know."""

    def __init__(
        self,
        store: Store,
        arrangements: ArrangementStore,
        history: History,
        tokens: TokenService,
        limit: Limiter,
        clock: Clock,
        settings: Settings,
        leftovers: Sequence[Leftovers] = (),
        check_music: Callable[[QueueSettings], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._arrangements = arrangements
        self._history = history
        self._leftovers = (history, *leftovers)
        self._tokens = tokens
        self._limit = limit
        self._clock = clock
        self._settings = settings
        self._check_music = check_music

    # -- make and look -----------------------------------------------------------------------------------------

    async def create(self, kind: QueueKind, name: str | None, fields: dict[str, Any], caller: Caller) -> Made:
        """Guests make demo and transient queues, as `queues_guest` allows; only an admin a named one.

        What is refused does not count as one of the queues that a guest may make in an hour.
        """
        role = caller.role_on(None)
        self._check_kind(kind, role)
        settings = within_kind(kind, SettingsChange(fields).apply(_EMPTY))
        check_admin_only(_EMPTY, settings, role)
        await self._check_fallback(_EMPTY, settings)
        chosen = new_queue_name(name or _random_name(kind))
        await self._check_free(chosen)
        if role != "admin":
            await self._limit.check("create", caller)
        if await self._exists(chosen):
            raise QueueExists(queue=chosen)
        await self._forget(chosen)
        if not await self._store.create(chosen, kind, settings, self._clock.now_ms()):
            raise QueueExists(queue=chosen)
        _, host_token = await self._tokens.create("host", chosen, label="who made the queue")
        return Made(await self._store.queue(chosen), host_token)

    def _check_kind(self, kind: QueueKind, role: Role) -> None:
        if role == "admin":
            return
        allowed = {"off": (), "demo": ("demo",), "on": ("demo", "transient")}[self._settings.queues_guest]
        if kind not in allowed:
            raise GuestQueuesOff(kind=kind)

    async def _check_free(self, name: QueueName) -> None:
        with suppress(UnknownQueue):
            await self._store.queue(name)
            raise QueueExists(queue=name)

    async def ensure(self, name: QueueName, title: str, order: Order = "fifo") -> None:
        """The queue that the server itself starts with."""
        await self._store.create(name, "named", QueueSettings(title=title, order=order), self._clock.now_ms())

    async def create_personal(self, name: QueueName) -> None:
        """The queue of a member; `name` is made from their login token."""
        await self._store.create(name, "personal", _EMPTY, self._clock.now_ms())

    async def queues(self) -> list[Queue]:
        """Personal ones too. Those whose making did not get further than the name are passed over."""
        queues = []
        for name in await self._store.names():
            try:
                queues.append(await self._store.queue(name))
            except UnknownQueue:
                continue
        return queues

    async def _exists(self, name: QueueName) -> bool:
        try:
            await self._store.queue(name)
        except UnknownQueue:
            return False
        return True

    async def queue(self, name: QueueName) -> Queue:
        return await self._store.queue(name)

    async def view(self, name: QueueName, waiting: int | None = None) -> QueueView:
        """With so many of the waiting items, and nothing of the lobby; None: with all."""
        return await (self._store.view(name) if waiting is None else self._store.view(name, -LAST, waiting - 1))

    async def filter_of(self, name: QueueName) -> TagFilter:
        settings = (await self._store.queue(name)).settings
        return TagFilter.of(settings.filter_tags, settings.forced_tags, settings.hidden_tags)

    async def previews_on(self, queue: QueueName) -> bool:
        return (await self._store.queue(queue)).settings.preview

    # -- settings ----------------------------------------------------------------------------------------------

    async def rekey(self, name: QueueName) -> None:
        """What is worked out of the queue, as the password of a room, is another from now on."""
        await self._store.rekey(name)

    async def enter(self, queue: Queue) -> None:
        """Somebody has come into it as into a room. Costs nothing but the first time."""
        if not queue.entered:
            await self._store.enter(queue.name, self._clock.now_ms())

    async def change_settings(self, name: QueueName, fields: dict[str, Any], by: Role = "host") -> QueueSettings:
        """All of them or none: an unknown key or a bad value changes nothing."""
        for _ in range(TRIES):
            queue = await self._store.queue(name)
            settings = within_kind(queue.kind, SettingsChange(fields).apply(queue.settings))
            check_change(queue, settings, by)
            if settings == queue.settings:
                return settings
            await self._check_fallback(queue.settings, settings)
            now_ms = self._clock.now_ms()
            deed = Deed(verb="settings", by=by, at_ms=now_ms, settings=settings_changed(queue.settings, settings))
            if await self._put(queue, settings, deed, now_ms) is not None:
                return settings
        raise QueueMoved

    async def _put(self, queue: Queue, settings: QueueSettings, deed: Deed, now_ms: int) -> int | None:
        """Another order sorts what waits in the same step."""
        if settings.order == queue.settings.order:
            return await self._store.put_settings(queue.name, settings, queue.settings_rev, now_ms, deed)
        view, ledger = await asyncio.gather(self._store.view(queue.name), self._store.ledger(queue.name))
        if (ledger.rev, view.queue.settings_rev) != (view.queue.rev, queue.settings_rev):
            return None
        return await self._arrangements.arrange(queue.name, switched(view, ledger, settings, deed), now_ms)

    async def _check_fallback(self, before: QueueSettings, after: QueueSettings) -> None:
        if self._check_music and after.fallback != before.fallback:
            await self._check_music(after)

    async def tell(self, name: QueueName, event: EventName, fields: dict[str, Any]) -> None:
        """An event that changes no queue. One that is gone is passed over."""
        await self._store.tell(name, event, fields, self._clock.now_ms())

    async def tell_library(self, announcement: dict[str, Any]) -> None:
        """`tracks_change` on every queue: pages then search anew."""
        for name in await self._store.names():
            await self._store.tell(name, "tracks_change", announcement, self._clock.now_ms())

    async def tell_likes(self, track_id: TrackId, likes: int, by: Caller) -> None:
        """`like` on every queue that is nobody's own, and on the caller's."""
        fields = {"track_id": track_id, "likes": likes}
        names = [name for name in await self._store.names() if by.sees(name)]
        await asyncio.gather(*(self._store.tell(name, "like", fields, self._clock.now_ms()) for name in names))

    # -- history -----------------------------------------------------------------------------------------------

    async def history(self, name: QueueName, limit: int = 10_000) -> Sequence[Item]:
        """What was played, skipped or failed, oldest first."""
        view = await self._store.view(name)
        over = {i.id: i for i in view.over if i.status != "playing"}
        # What `trim` has written and not yet dropped is in both.
        moved = [i for i in await self._history.read(name, limit) if i.id not in over]
        return [*moved, *over.values()][-limit:]

    async def trim(self, name: QueueName) -> None:
        """Moves what is older than `history_length` to SQL: written there first, so that nothing can be lost. While
        something can be undone nothing from the first skipped one on: what is in the history does not come back.
        """
        view, now_ms = await self._store.view(name), self._clock.now_ms()
        oldest: Sequence[Item] = view.items[: min(view.queue.outgrown, 500)]
        if view.queue.undoable and view.queue.undoable.holds(now_ms):
            oldest = [*takewhile(lambda item: item.status != "skipped", oldest)]
        if oldest:
            await self._history.keep(name, oldest)
            await self._store.trim(name, oldest, now_ms)

    # -- the end -----------------------------------------------------------------------------------------------

    async def delete(self, name: QueueName) -> None:
        await self._store.delete(name, self._clock.now_ms())
        await self._forget(name)

    async def expire(self, name: QueueName) -> bool:
        """Deletes a transient queue that nobody has changed for its `retention`; whether it did."""
        queue = await self._store.queue(name)
        now_ms = self._clock.now_ms()
        if queue.kind not in MADE_BY_GUESTS or now_ms - queue.changed_at_ms < queue.settings.retention * 3_600_000:
            return False
        if not await self._store.delete(name, now_ms, queue.rev):  # somebody was faster
            return False
        await self._forget(name)
        return True

    async def _forget(self, name: QueueName) -> None:
        """What a queue of this name left elsewhere; again before a new one is made, should this have been cut short."""
        await self._tokens.revoke_queue(name)
        for kept in self._leftovers:
            await kept.forget(name)


def _random_name(kind: QueueKind) -> str:
    """Short enough to be called across a room."""
    return f"{kind}-{crockford.encode(secrets.randbits(25), 5)}".lower()
