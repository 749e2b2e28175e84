"""Batches and their schedules as others see them: the names of source 003, and numbers as numbers."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api_queue.formats.iso_times import iso, iso_or_none
from api_queue.jobs.models import Task, TaskItem
from api_queue.tracklists.batches import MOST_URLS, Batch, BatchOrder, Duplicate, Priority, Template
from api_queue.tracklists.retrieval_wire import Url
from api_queue.tracklists.schedules import Schedule

Json = dict[str, Any]
Urls = Annotated[list[Url], Meta(min_length=1, max_length=MOST_URLS)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Cron = Annotated[str, Meta(min_length=1, max_length=200)]

_STATUS: Final = {
    "queued": "pending",
    "running": "processing",
    "completed": "completed",
    "failed": "failed",
    "canceled": "cancelled",
}


class BatchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """`draft`: each list is stored as one. `force_refresh`: pages that are kept are fetched all the same."""

    force_refresh: bool = False
    draft: bool = False


class BatchBody(msgspec.Struct, kw_only=True):
    """`user_id` and `template` are kept with the batch, and shown with it."""

    urls: Urls
    priority: Priority = "normal"
    user_id: Name | None = None
    template: Template | None = None
    options: BatchOptions = BatchOptions()

    def order(self) -> BatchOrder:
        again, draft = self.options.force_refresh, self.options.draft
        return BatchOrder(
            urls=tuple(self.urls),
            priority=self.priority,
            user_id=self.user_id,
            template=self.template,
            force_refresh=again,
            draft=draft,
        )


class BatchScheduleBody(msgspec.Struct, kw_only=True):
    """`cron_expression`: minute, hour, day of the month, month, day of the week, in UTC."""

    urls: Urls
    cron_expression: Cron
    user_id: Name | None = None
    name: Name | None = None

    def order(self) -> BatchOrder:
        """Pages that are fetched again and again are wanted as they are then."""
        return BatchOrder(urls=tuple(self.urls), user_id=self.user_id, name=self.name, force_refresh=True)


def ordered_json(batch: Batch, duplicates: Sequence[Duplicate], ends_at: int) -> Json:
    total = batch.task.total_items
    twice = f" {len(duplicates)} more were there already, and are fetched once." if duplicates else ""
    return {
        "batch_id": _batch_id(batch.task),
        "total_jobs": total,
        "priority": batch.task.meta["priority"],
        "status": "queued",
        "estimated_completion": iso(ends_at),
        "message": f"{total} {'page is' if total == 1 else 'pages are'} fetched, one after the other.{twice}",
        "duplicates": _duplicates(duplicates),
    }


def progress_json(batch: Batch) -> Json:
    """How it stands."""
    task = batch.task
    return {
        "batch_id": _batch_id(task),
        "status": batch.status,
        "total_jobs": task.total_items,
        "jobs_status": _counts(batch),
        "progress_percentage": task.percent,
        "created_at": iso(task.created_at),
        "updated_at": iso(batch.updated_at),
        "error": _error(batch),
        **{name: task.meta.get(name) for name in ("priority", "user_id", "template", "name")},
    }


def status_json(batch: Batch) -> Json:
    """And what became of each address, in their order."""
    return {**progress_json(batch), "jobs": [_job(item) for item in batch.items]}


def scheduled_json(schedule: Schedule, duplicates: Sequence[Duplicate]) -> Json:
    return {**schedule_json(schedule), "duplicates": _duplicates(duplicates)}


def schedule_json(schedule: Schedule) -> Json:
    assert schedule.batch is not None
    return {
        "schedule_id": schedule.schedule_id,
        "name": schedule.batch.name,
        "user_id": schedule.batch.user_id,
        "cron_expression": schedule.cron,
        "urls": schedule.batch.urls,
        "total_jobs": len(schedule.batch.urls),
        "next_at": iso(schedule.next_at),
        "last_at": iso_or_none(schedule.fired_at),
        "last_batch_id": None if schedule.task_id is None else f"{schedule.task_id}",
        "created_at": iso(schedule.created_at),
    }


def schedules_json(schedules: Sequence[Schedule]) -> Json:
    return {"schedules": [schedule_json(each) for each in schedules], "total": len(schedules)}


def _duplicates(duplicates: Sequence[Duplicate]) -> list[Json]:
    return [each._asdict() for each in duplicates]


def _batch_id(task: Task) -> str:
    return f"{task.task_id}"


def _counts(batch: Batch) -> dict[str, int]:
    said = [_STATUS[item.status] for item in batch.items]
    return {status: said.count(status) for status in _STATUS.values()}


def _error(batch: Batch) -> str | None:
    failed = batch.failed
    return f"{len(failed)} of {len(batch.items)} failed; the first: {failed[0].error}" if failed else None


def _job(item: TaskItem) -> Json:
    result = item.result or {}
    return {
        "position": item.index + 1,
        "url": item.payload["url"],
        "status": _STATUS[item.status],
        "tracklist_id": result.get("tracklist_id"),
        "track_count": result.get("track_count"),
        "cached": result.get("cached"),
        "error": item.error or None,
        "attempts": item.attempts,
        "started_at": iso_or_none(item.started_at),
        "finished_at": iso_or_none(item.finished_at),
    }
