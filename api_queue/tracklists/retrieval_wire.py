"""Lists of the site as others ask for them, and what came of it: the names of source 003."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api_queue.errors import ApiQueueError
from api_queue.formats.cue.variants import VariantName
from api_queue.formats.iso_times import iso_or_none
from api_queue.tracklists.cue_wire import path_of
from api_queue.tracklists.fetch_orders import FetchItem, Order
from api_queue.tracklists.models import Tracklist
from api_queue.tracklists.retrieval import Retrieved
from api_queue.tracklists.search_wire import CorrelationId
from api_queue.tracklists.site_import import Target
from api_queue.tracklists.wire import tracklist_json

Json = dict[str, Any]
Url = Annotated[str, Meta(min_length=1, max_length=2000)]


class FetchBody(msgspec.Struct, kw_only=True):
    """`url` or `tracklist_id`, that of a stored list."""

    url: Url | None = None
    tracklist_id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    force_refresh: bool = False
    include_transitions: bool = True
    correlation_id: CorrelationId | None = None

    def __post_init__(self) -> None:
        if self.url is None and self.tracklist_id is None:
            raise ValueError("say which: `url`, the address of a tracklist, or `tracklist_id`")

    def item(self, url: str, by: str) -> FetchItem:
        again, transitions = self.force_refresh, self.include_transitions
        return FetchItem(url=url, force_refresh=again, include_transitions=transitions, created_by=by)


class SiteImportBody(msgspec.Struct, kw_only=True):
    """`cue_format` is kept with the draft, and a CUE file is made in it."""

    url: Url
    audio_file_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    force_refresh: bool = False
    cue_format: VariantName | None = None
    correlation_id: CorrelationId | None = None

    def target(self, by: str) -> Target:
        return Target(audio=self.audio_file_id, cue_format=self.cue_format, by=by)

    def item(self, by: str) -> FetchItem:
        return FetchItem(
            url=self.url,
            force_refresh=self.force_refresh,
            draft=True,
            audio_file_id=self.audio_file_id,
            cue_format=self.cue_format,
            created_by=by,
        )


class HowQuery(msgspec.Struct, frozen=True):
    async_processing: bool = False


class CacheQuery(msgspec.Struct, frozen=True):
    """Without `url` all of it."""

    url: Url | None = None


def answer_json(found: Retrieved, correlation_id: str, took_ms: float, *, transitions: bool) -> Json:
    return {
        **retrieved_json(found, transitions=transitions),
        "processing_time_ms": round(took_ms),
        "correlation_id": correlation_id,
    }


def retrieved_json(found: Retrieved, *, transitions: bool) -> Json:
    """What it also says in the result of a task."""
    return {
        "success": found.tracklist is not None,
        "tracklist": found.tracklist and _list_json(found.tracklist, transitions=transitions),
        "error": found.error and error_json(found.error),
        "cached": found.cached,
    }


def _list_json(tracklist: Tracklist, *, transitions: bool) -> Json:
    fields = tracklist_json(tracklist)
    return fields if transitions else fields | {"transitions": []}


def error_json(error: ApiQueueError) -> Json:
    later = {"retry_after": error.facts["retry_after"]} if "retry_after" in error.facts else {}
    return {"code": error.code, "message": error.detail, **later}


def imported_json(draft: Tracklist) -> Json:
    path = draft.cue_file_id and path_of(draft.cue_file_id)
    return {**tracklist_json(draft), "cue_file_path": path}


def kept_json(draft: Tracklist, *, cached: bool) -> Json:
    """As `retrieved_json`, of a list that was stored."""
    return {"success": True, "tracklist": imported_json(draft), "error": None, "cached": cached}


def ordered_json(order: Order, took_ms: float) -> Json:
    """Of an order that was just placed."""
    none_yet: Json = {"success": True, "tracklist": None, "error": None, "cached": False}
    about = {"correlation_id": order.correlation_id, "task_id": order.task.task_id, "status": order.task.status}
    return {**none_yet, "processing_time_ms": round(took_ms), **about}


def order_json(order: Order) -> Json:
    """The result is as `retrieved_json` has it; of an item that failed, its error and the code of that."""
    task, failed, result = order.task, order.item.error, order.item.result or {}
    return {
        "correlation_id": order.correlation_id,
        "task_id": task.task_id,
        "status": task.status,
        "success": result.get("success", False),
        "tracklist": result.get("tracklist"),
        "cached": result.get("cached", False),
        "error": {"code": result.get("code", "failed"), "message": failed} if failed else None,
        "created_at": iso_or_none(task.created_at),
        "started_at": iso_or_none(task.started_at),
        "completed_at": iso_or_none(task.finished_at),
    }


def cleared_json(entries: int) -> Json:
    message = (
        "Nothing was kept." if not entries else f"{entries} {'entry was' if entries == 1 else 'entries were'} removed."
    )
    return {"success": True, "message": message, "entries_cleared": entries}
