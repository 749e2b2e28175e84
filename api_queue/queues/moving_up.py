"""What moves up in a fair queue when an item went unsung: looked at for the verbs that take one off."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf

from api_queue.formats.performers import singers
from api_queue.queues.models import Item, Shift
from api_queue.queues.order import bill, moved_up, moves_with, payers
from api_queue.queues.storage import Store
from api_queue.types import GuestId, ItemId, QueueName


async def moving_up(
    store: Store, name: QueueName, left: Item, gone: Collection[ItemId]
) -> tuple[int, Sequence[Shift]] | None:
    """At which revision, and what. `gone` is all that waits no longer afterwards. None: the queue moved underneath."""
    queue = await store.queue(name)
    soon = queue.settings.coming_soon_count
    theirs = await store.whose(name, _own(left), 1)
    later = [item for item in theirs.waiting if moves_with(item, left) and item.id not in gone]
    seen = await store.whose(name, _payers((left, *later), theirs.ledger.tables), soon + len(gone))
    if not queue.rev == theirs.ledger.rev == seen.ledger.rev:
        return None
    lowest = [score for item_id, score in seen.lowest if item_id not in gone][:soon]
    waiting = [item for item in seen.waiting if item.id not in gone]
    left_score = seen.ledger.scores.get(left.id, queue.round)
    return queue.rev, moved_up(waiting, left, left_score, seen.ledger, max(lowest, default=-inf))


def _own(left: Item) -> list[str]:
    """Where to look for what may move with it."""
    return [f"p:{name}" for name in singers(left.performer_name)] if left.by_host else [f"o:{left.session_owner}"]


def _payers(items: Iterable[Item], tables: Mapping[GuestId, str]) -> list[str]:
    """Of a table all of its guests."""
    fields = {field for item in items for field in payers(bill(item), tables)}
    return [*fields.union(f"o:{guest}" for guest, table in tables.items() if f"g:{table}" in fields)]
