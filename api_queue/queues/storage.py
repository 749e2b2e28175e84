"""What queues need of whoever keeps them: in Redis, and in SQL what has left the list."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from api_queue.queues.deeds import Deed
from api_queue.queues.holdings import Holdings
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
from api_queue.queues.session import LastReport, Session, Stale
from api_queue.queues.settings import QueueSettings
from api_queue.queues.variants import DEFAULT, Variants
from api_queue.types import (
    DeviceId,
    EventName,
    GuestId,
    ItemId,
    QueueKind,
    QueueName,
)


class Store(Protocol):
    """Each write is one script, all or nothing. Writes that answer None found what they stand on changed.

    All but `create` raise UnknownQueue. What comes with a `deed` can be undone.
    """

    async def names(self) -> list[QueueName]: ...
    async def create(self, name: QueueName, kind: QueueKind, settings: QueueSettings, now_ms: int) -> bool: ...
    async def delete(self, name: QueueName, now_ms: int, rev: int | None = None) -> bool:
        """With `rev` only if that is still its revision; whether it was deleted."""

    async def rekey(self, name: QueueName) -> None:
        """Counts `Queue.rekeyed`; its revision stays."""

    async def enter(self, name: QueueName, now_ms: int) -> None:
        """`Queue.entered` from now on; its revision stays. One that is gone is passed over."""

    async def queue(self, name: QueueName) -> Queue: ...
    async def view(self, name: QueueName, first: int | None = None, last: int | None = None) -> QueueView:
        """The items from place `first` to `last`, counted from the first waiting one; without: all."""

    async def item(self, name: QueueName, item_id: ItemId) -> Item | None: ...
    async def place(self, name: QueueName, item: Item) -> tuple[int, int | None]:
        """At which revision, and where among what waits (0 is the next); None where it does not stand as it is."""

    async def ledger(self, name: QueueName) -> Ledger: ...
    async def whose(self, name: QueueName, fields: Sequence[str], lowest: int) -> Whose:
        """Of some fields of turns, with the `lowest` scores, at least one. Costs the same however much waits."""

    async def moves(self, name: QueueName, item_id: ItemId) -> Sequence[Moved]:
        """By hand, the oldest first."""

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
        """Before another waiting item, or at the end; in a sorted queue where that places it. `dry`: what it would
        answer; only the rate is written.
        """

    async def refuse(self, name: QueueName, asking: Item, now_ms: int, deed: Deed | None = None) -> int | None:
        """Takes it out of the lobby."""

    async def enqueue(
        self, name: QueueName, rev: int, rows: Sequence[tuple[Item, Item | None]], now_ms: int
    ) -> int | None:
        """Each item, in this order, before another that waits by then; None is the end."""

    async def change(
        self, name: QueueName, edit: Edit, rev: int | None, now_ms: int, deed: Deed | None = None
    ) -> int | Refused | None: ...
    async def remove(
        self,
        name: QueueName,
        item: Item,
        now_ms: int,
        rev: int | None = None,
        shifts: Sequence[Shift] = (),
        deed: Deed | None = None,
    ) -> int | Literal["others"] | None:
        """ "others": of a fair queue, what moves up then has to be worked out first, at a `rev`."""

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
        """Of the list, what `changed` names has to stand, and with it that `first` is the first that waits. What begins
        in its stead, or is new, goes before it. `shifts` at `rev`.
        """

    async def clear(
        self, queue: Queue, waiting: Sequence[Item], now_ms: int, deed: Deed | None = None
    ) -> int | None: ...
    async def trim(self, name: QueueName, oldest: Sequence[Item], now_ms: int) -> int | None: ...
    async def put_settings(
        self, name: QueueName, settings: QueueSettings, settings_rev: int, now_ms: int, deed: Deed | None = None
    ) -> int | None: ...
    async def set_options(
        self, name: QueueName, rev: int, session: Session, order: Sequence[Item] | None, now_ms: int
    ) -> int | None:
        """`order`: all that wait, when shuffle was switched; adds that were worked out before it are refused."""

    async def renew_lease(
        self, name: QueueName, device: DeviceId, report: LastReport, until_ms: int
    ) -> Stale | Literal["lost"] | None:
        """None: renewed. "lost": it is the speaker still, but has lost its lease or let go of it."""

    async def tell(self, name: QueueName, event: EventName, fields: dict[str, Any], now_ms: int) -> None:
        """An event that changes no queue. One that is gone is passed over."""

    async def mute(self, name: QueueName, mute: Mute) -> None: ...
    async def unmute(self, name: QueueName, guest_id: GuestId) -> bool: ...
    async def mutes(self, name: QueueName) -> list[Mute]: ...
    async def holdings(self, name: QueueName, guest_id: GuestId) -> Holdings: ...
    async def standing(self, name: QueueName, guest_id: GuestId) -> Mute | Literal["ended"] | None: ...
    async def end_guests(self, name: QueueName) -> int: ...


class Leftovers(Protocol):
    """What somebody keeps of a queue elsewhere than the store does."""

    async def forget(self, name: QueueName, /) -> None: ...


class History(Leftovers, Protocol):
    """What left the list's head, in SQL: oldest first, each item once."""

    async def keep(self, name: QueueName, items: Sequence[Item]) -> None: ...
    async def read(self, name: QueueName, limit: int) -> list[Item]:
        """The newest `limit`, oldest first."""
