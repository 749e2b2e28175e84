"""Answering why an item stands where it does."""

import asyncio

from api_queue.errors import QueueMoved
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES
from api_queue.queues.why import Why, why
from api_queue.types import ItemId, QueueName


class WhyService:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def why(self, name: QueueName, item_id: ItemId) -> Why:
        """UnknownItem, also for what is over."""
        for _ in range(TRIES):
            view, ledger, moves = await asyncio.gather(
                self._store.view(name), self._store.ledger(name), self._store.moves(name, item_id)
            )
            if ledger.rev == view.queue.rev:
                return why(view, item_id, ledger, moves)
        raise QueueMoved
