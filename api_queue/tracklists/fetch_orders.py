"""Pages that are fetched by a task: ordered under a correlation id, and looked after by it."""

import uuid
from dataclasses import dataclass
from typing import Protocol

import msgspec

from api_queue.errors import OrderTaken, UnknownOrder
from api_queue.jobs.models import Task, TaskId, TaskItem
from api_queue.jobs.service import JobService

TYPE = "tracklists.fetch"


class FetchItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`draft`: the list is stored as one, of the recording `audio_file_id` if there is one, by `created_by`."""

    url: str
    force_refresh: bool = False
    include_transitions: bool = True
    draft: bool = False
    audio_file_id: str | None = None
    cue_format: str | None = None
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    correlation_id: str
    task: Task
    item: TaskItem


class OrderStore(Protocol):
    async def add(self, correlation_id: str, task_id: TaskId) -> None: ...

    async def task_of(self, correlation_id: str) -> TaskId | None: ...


class FetchOrders:
    def __init__(self, jobs: JobService, store: OrderStore) -> None:
        self._jobs = jobs
        self._store = store

    async def place(self, item: FetchItem, correlation_id: str | None) -> Order:
        """Under an id of ours, where the caller has none. The same that was placed before is that order.

        Raises Invalid, OrderTaken.
        """
        if correlation_id and await self._store.task_of(correlation_id):
            known = await self.order(correlation_id)
            if (known.item.payload["url"], known.item.payload.get("draft", False)) != (item.url, item.draft):
                raise OrderTaken(correlation_id=correlation_id, url=known.item.payload["url"])
            return known
        correlation_id = correlation_id or f"{uuid.uuid4()}"
        meta = {"correlation_id": correlation_id, "url": item.url}
        task, _ = await self._jobs.create(TYPE, [item], created_by=item.created_by or "system", meta=meta)
        await self._store.add(correlation_id, task.task_id)
        return await self.order(correlation_id)

    async def order(self, correlation_id: str) -> Order:
        """Raises UnknownOrder, UnknownTask for one that an admin has cleared."""
        task_id = await self._store.task_of(correlation_id)
        if task_id is None:
            raise UnknownOrder(correlation_id=correlation_id)
        detail = await self._jobs.detail(task_id, 1)
        return Order(correlation_id, detail.task, detail.items[0])
