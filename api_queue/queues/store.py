"""The queues' store on Redis: the only file that runs their scripts."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from api_queue.drivers.redis import Argument, Redis
from api_queue.errors import UnknownQueue
from api_queue.queues import wire
from api_queue.queues.add_call import answer_of, arguments
from api_queue.queues.deeds import Deed, Undoable
from api_queue.queues.holdings import Holdings
from api_queue.queues.keys import NAMES, guests, key, rows
from api_queue.queues.ledger import Ledger, Moved, Sorting
from api_queue.queues.models import (
    Added,
    Admission,
    Asked,
    Command,
    Edit,
    Item,
    Limits,
    Mute,
    Queue,
    QueueView,
    Refused,
    Shift,
    Whose,
)
from api_queue.queues.names import queue_name
from api_queue.queues.order import bill, billed_as
from api_queue.queues.scripts import (
    Scripts,
    as_deed,
    event_of,
    fixed,
    optional,
    parts_of,
    refund_of,
    rev_of,
    shifts_of,
    singers_of,
)
from api_queue.queues.session import LastReport, Session, Stale
from api_queue.queues.settings import QueueSettings
from api_queue.queues.stored import ledger_of, queue_of, whose_of
from api_queue.queues.transition_call import leases, row
from api_queue.queues.variants import DEFAULT, Variants
from api_queue.types import DeviceId, EventName, GuestId, ItemId, QueueKind, QueueName

_moves = msgspec.json.Decoder(tuple[Moved, ...]).decode


class RedisQueues:
    """`models.Store`. `events_kept`: about how many entries each event stream keeps."""

    def __init__(self, redis: Redis, events_kept: int) -> None:
        self._redis = redis
        self._kept = events_kept
        self._write = Scripts(redis, events_kept).write

    # -- reading -----------------------------------------------------------------------------------------------

    async def names(self) -> list[QueueName]:
        return sorted(await self._redis.call("SMEMBERS", NAMES))

    async def queue(self, name: QueueName) -> Queue:
        return (await self._view(name, "-", "-")).queue

    async def view(self, name: QueueName, first: int | None = None, last: int | None = None) -> QueueView:
        return await self._view(name, "" if first is None else first, "" if last is None else last)

    async def _view(self, name: QueueName, first: Argument, last: Argument) -> QueueView:
        keys = [key(queue_name(name), part) for part in ("items", "meta", "events", "undo", "lobby", "moves")]
        read = await self._redis.script("queues/view", keys, (first, last))
        if not read:
            raise UnknownQueue(queue=name)
        pairs, total, event_id, lines, verb, at_ms, asking, moved = read
        undoable = Undoable(verb, int(at_ms)) if verb else None
        queue = queue_of(name, dict(zip(pairs[::2], pairs[1::2], strict=True)), total, undoable)
        past = queue.head if first == "" else min(queue.head, max(0, -int(first))) if first != "-" else 0
        lobby = sorted(map(Item.from_line, asking), key=lambda item: (item.timestamp_added, item.id))
        return QueueView(queue, tuple(map(Item.from_line, lines)), past, event_id, tuple(lobby), tuple(moved))

    async def item(self, name: QueueName, item_id: ItemId) -> Item | None:
        """Also one that asks to be let in."""
        line = await self._redis.call("HGET", key(name, "index"), item_id)
        line = line or await self._redis.call("HGET", key(name, "lobby"), item_id)
        return Item.from_line(line) if line else None

    async def place(self, name: QueueName, item: Item) -> tuple[int, int | None]:
        keys = [key(name, part) for part in ("items", "meta")]
        read = await self._redis.script("queues/place", keys, (item.as_line(),))
        if not read:
            raise UnknownQueue(queue=name)
        return int(read[0]), None if read[1] == "" else int(read[1])

    async def ledger(self, name: QueueName) -> Ledger:
        keys = [key(name, part) for part in ("meta", "order", "turns", "joined", "moves")]
        read = await self._redis.script("queues/ledger", keys, ())
        if not read:
            raise UnknownQueue(queue=name)
        return ledger_of(*read)

    async def whose(self, name: QueueName, fields: Sequence[str], lowest: int) -> Whose:
        read = await self._redis.script("queues/whose", rows(name), (lowest, *fields))
        if not read:
            raise UnknownQueue(queue=name)
        return whose_of(fields, *read)

    async def moves(self, name: QueueName, item_id: ItemId) -> Sequence[Moved]:
        return _moves(await self._redis.call("HGET", key(name, "moves"), item_id) or "[]")

    # -- the queue itself --------------------------------------------------------------------------------------

    async def create(self, name: QueueName, kind: QueueKind, settings: QueueSettings, now_ms: int) -> bool:
        """The name is listed first: a crash in between leaves a name without a queue, which readers pass over. And
        again afterwards: somebody may have deleted a queue of this name meanwhile.
        """
        await self._redis.call("SADD", NAMES, name)
        body = (kind, wire.json_text(settings), _stored(Session()))
        made = bool((await self._write("create", name, now_ms, *body))[0] == "ok")
        await self._redis.call("SADD", NAMES, name)
        return made

    async def delete(self, name: QueueName, now_ms: int, rev: int | None = None) -> bool:
        others = (*guests(name), key(name, "code"))
        answer = await self._write("delete", name, now_ms, optional(rev), extra_keys=others)
        if answer[0] != "ok":
            return False
        await self._redis.call("SREM", NAMES, name)
        if await self._redis.call("EXISTS", key(name, "meta")):  # a new one of the same name
            await self._redis.call("SADD", NAMES, name)
        return True

    async def rekey(self, name: QueueName) -> None:
        if not await self._redis.script("queues/rekey", [key(name, "meta")], ()):
            raise UnknownQueue(queue=name)

    async def enter(self, name: QueueName, now_ms: int) -> None:
        keys = [key(name, part) for part in ("meta", "events", "bell")]
        await self._redis.script("queues/enter", keys, (name, now_ms, self._kept))

    async def put_settings(
        self, name: QueueName, settings: QueueSettings, settings_rev: int, now_ms: int, deed: Deed | None = None
    ) -> int | None:
        body = (settings_rev, wire.json_text(settings), as_deed(deed))
        return rev_of(await self._write("settings", name, now_ms, *body))

    # -- items -------------------------------------------------------------------------------------------------

    async def add(
        self,
        name: QueueName,
        item: Item,
        limits: Limits,
        settings_rev: int,
        rev: int | None,
        now_ms: int,
        before: Item | None = None,
        sorting: Sorting | None = None,
        *,
        admission: Admission | None = None,
        variants: Variants = DEFAULT,
        dry: bool = False,
    ) -> Added | Asked | Refused:
        body = arguments(item, limits, settings_rev, rev, before, sorting, admission, variants, dry=dry)
        return answer_of(await self._write("add", name, now_ms, *body, extra_keys=guests(name)))

    async def refuse(self, name: QueueName, asking: Item, now_ms: int, deed: Deed | None = None) -> int | None:
        body = (asking.id, asking.as_line(), as_deed(deed))
        return rev_of(await self._write("refuse", name, now_ms, *body))

    async def enqueue(
        self, name: QueueName, rev: int, rows: Sequence[tuple[Item, Item | None]], now_ms: int
    ) -> int | None:
        lines = (
            part
            for item, before in rows
            for part in (*parts_of(item), item.track_duration_ms, before.as_line() if before else "")
        )
        return rev_of(await self._write("enqueue", name, now_ms, rev, wire.json_text(wire.changes_add(rows)), *lines))

    async def change(
        self, name: QueueName, edit: Edit, rev: int | None, now_ms: int, deed: Deed | None = None
    ) -> int | Refused | None:
        before, after, target = edit.before, edit.after, edit.target
        place, pivot = ("", "") if target is None else ("end", "") if target == "end" else (target.id, target.as_line())
        changes = wire.changes_edit(
            after,
            changed=before != after,
            moved=target is not None,
            before=target.id if isinstance(target, Item) else None,
        )
        bills = (bill(before), bill(after))
        answer = await self._write(
            "change",
            name,
            now_ms,
            optional(rev),
            before.id,
            before.as_line(),
            after.as_line(),
            before.session_owner,
            before.track_id,
            singers_of(before),
            singers_of(after),
            before.track_duration_ms,
            fixed(before),
            fixed(after),
            place,
            pivot,
            wire.json_text(changes),
            optional(edit.performer_window_ms),
            after.track_duration_ms,
            as_deed(deed),
            "" if edit.score is None else edit.score,
            *(map(wire.json_text, bills) if bills[0] != bills[1] else ("", "")),
            (edit.by or "") if target else "",
        )
        return Refused("performer", answer[1]) if answer[0] == "performer" else rev_of(answer)

    async def remove(
        self,
        name: QueueName,
        item: Item,
        now_ms: int,
        rev: int | None = None,
        shifts: Sequence[Shift] = (),
        deed: Deed | None = None,
    ) -> int | Literal["others"] | None:
        answer = await self._write(
            "remove",
            name,
            now_ms,
            *parts_of(item),
            item.track_duration_ms,
            fixed(item),
            wire.json_text(bill(item)),
            "" if item.by_host else f"o:{item.session_owner}",
            optional(rev),
            wire.json_text(wire.changes_remove([item])),
            as_deed(deed),
            refund_of(item),
            *shifts_of(shifts),
        )
        return "others" if answer[0] == "others" else rev_of(answer)

    async def clear(self, queue: Queue, waiting: Sequence[Item], now_ms: int, deed: Deed | None = None) -> int | None:
        changes = wire.json_text(wire.changes_remove(waiting))
        back: Counter[GuestId] = Counter()
        for item in waiting:
            back[item.session_owner] += refund_of(item)
        bills = [bill(item) for item in waiting] if queue.settings.order == "fair" else []
        body = (queue.rev, changes, as_deed(deed), wire.json_text(back), wire.json_text(bills))
        return rev_of(await self._write("clear", queue.name, now_ms, *body, *(i.id for i in waiting)))

    async def trim(self, name: QueueName, oldest: Sequence[Item], now_ms: int) -> int | None:
        changes = wire.json_text(wire.changes_remove(oldest))
        lines = (part for i in oldest for part in (i.id, i.as_line()))
        return rev_of(await self._write("trim", name, now_ms, changes, *lines))

    # -- playing -----------------------------------------------------------------------------------------------

    async def transition(
        self,
        queue: Queue,
        session: Session,
        changed: Sequence[tuple[Item | None, Item]],
        command: Command | None,
        now_ms: int,
        first: Item | None = None,
        rev: int | None = None,
        shifts: Sequence[Shift] = (),
    ) -> int | None:
        notices = wire.transition_notices(queue.session, session, wire.changes_stage(changed, first), command)
        order = queue.settings.order
        billed = ((before, after, billed_as(before, after, command, now_ms)) for before, after in changed)
        rows_ = (part for each in billed for part in row(*each, fair=order == "fair"))
        events = (part for notice in notices for part in event_of(notice))
        head = (queue.session_rev, _stored(session), len(changed), len(notices), *leases(queue.session, session))
        stands = (first.as_line() if first else "", int(order != "fifo"), optional(rev))
        deed = as_deed(command.deed(now_ms) if command else None)
        body = (*head, *stands, deed, *rows_, *events, *shifts_of(shifts))
        return rev_of(await self._write("transition", queue.name, now_ms, *body))

    async def set_options(
        self, name: QueueName, rev: int, session: Session, order: Sequence[Item] | None, now_ms: int
    ) -> int | None:
        fields = event_of(("options_change", {"session": wire.session_notice(session)}))[2]
        moves = wire.json_text(wire.changes_order(order)) if order else ""
        body = (rev, _stored(session), int(order is not None), fields, moves)
        return rev_of(await self._write("options", name, now_ms, *body, *(i.id for i in order or ())))

    async def renew_lease(
        self, name: QueueName, device: DeviceId, report: LastReport, until_ms: int
    ) -> Stale | Literal["lost"] | None:
        body = (device, report.generation, report.at_ms, until_ms, wire.json_text(report))
        answer = await self._redis.script("queues/renew", [key(name, "meta")], body)
        if answer[0] == "gone":
            raise UnknownQueue(queue=name)
        if answer[0] == "stale":
            return Stale(int(answer[1]), answer[2] or None)
        return "lost" if answer[0] == "lost" else None

    async def tell(self, name: QueueName, event: EventName, fields: dict[str, Any], now_ms: int) -> None:
        keys = [key(name, part) for part in ("meta", "events", "bell")]
        await self._redis.script("queues/tell", keys, (name, now_ms, self._kept, *event_of((event, fields))))

    # -- guests ------------------------------------------------------------------------------------------------

    async def mute(self, name: QueueName, mute: Mute) -> None:
        await self._redis.call("HSET", key(name, "muted"), mute.guest_id, mute.as_text())

    async def unmute(self, name: QueueName, guest_id: GuestId) -> bool:
        return bool(await self._redis.call("HDEL", key(name, "muted"), guest_id))

    async def mutes(self, name: QueueName) -> list[Mute]:
        kept: dict[str, str] = await self._redis.call("HGETALL", key(name, "muted"))
        return [Mute.from_text(GuestId(guest), text) for guest, text in sorted(kept.items())]

    async def holdings(self, name: QueueName, guest_id: GuestId) -> Holdings:
        keys = (*rows(name), key(name, "tokens"))
        return Holdings.from_reply(await self._redis.script("queues/mine", keys, (guest_id,)))

    async def standing(self, name: QueueName, guest_id: GuestId) -> Mute | Literal["ended"] | None:
        ended, text = await asyncio.gather(
            self._redis.call("SISMEMBER", key(name, "ended"), guest_id),
            self._redis.call("HGET", key(name, "muted"), guest_id),
        )
        if ended:
            return "ended"
        return Mute.from_text(guest_id, text) if text else None

    async def end_guests(self, name: QueueName) -> int:
        keys = [key(name, part) for part in ("ended", "guests", "joined", "code", "tokens")]
        return int(await self._redis.script("queues/end", keys, ()))


def _stored(session: Session) -> str:
    return wire.json_text(session)
