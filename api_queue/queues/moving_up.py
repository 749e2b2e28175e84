"""What moves up in a fair queue when an item went unsung: looked at for the verbs that take one off."""

import asyncio
from collections.abc import Collection, Sequence

from api_queue.queues.changes import LAST
from api_queue.queues.models import Item, Shift
from api_queue.queues.order import moved_up
from api_queue.queues.storage import Store
from api_queue.types import ItemId, QueueName


async def moving_up(
    store: Store, name: QueueName, left: Item, gone: Collection[ItemId]
) -> tuple[int, Sequence[Shift]] | None:
    """At which revision, and what. `gone` is all that waits no longer afterwards. None: the queue moved underneath."""
    view, ledger = await asyncio.gather(store.view(name, 0, LAST), store.ledger(name))
    if ledger.rev != view.queue.rev:
        return None
    waiting = [item for item in view.to_come if item.id not in gone]
    score = ledger.scores.get(left.id, view.queue.round)
    return view.queue.rev, moved_up(waiting, left, score, ledger, view.queue.settings.coming_soon_count)
