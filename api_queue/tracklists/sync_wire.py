"""Syncs as others see them, and what is asked of them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api_queue.formats.iso_times import iso, iso_or_none
from api_queue.tracklists.batch_wire import Cron
from api_queue.tracklists.drafts import MOST_ROWS
from api_queue.tracklists.merging import Decision, Merged
from api_queue.tracklists.models import Entry, Tracklist
from api_queue.tracklists.page_changes import Change
from api_queue.tracklists.schedules import Schedule
from api_queue.tracklists.sync import AuditEntry, OnConflict, SyncState
from api_queue.tracklists.sync_orders import SyncStatus

Json = dict[str, Any]
Side = Literal["theirs", "yours"]


class ConfigBody(msgspec.Struct, kw_only=True):
    """`auto_apply`: what nobody edited here is taken from the page. `on_conflict`: of the rest, what becomes of it."""

    auto_apply: bool | UnsetType = UNSET
    on_conflict: OnConflict | UnsetType = UNSET

    def changed(self) -> Mapping[str, Any]:
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not UNSET}


class SyncScheduleBody(msgspec.Struct, kw_only=True):
    """`cron_expression`: minute, hour, day of the month, month, day of the week, in UTC."""

    cron_expression: Cron


class Resolution(msgspec.Struct, kw_only=True):
    conflict_id: Annotated[str, Meta(min_length=1, max_length=64)]
    resolution: Side


class ResolveBody(msgspec.Struct, kw_only=True):
    """`theirs`: as the page has it, `yours`: as the list has it. `resolution` is for all that `resolutions` leaves."""

    resolutions: Annotated[list[Resolution], Meta(max_length=MOST_ROWS * 10)] = []
    resolution: Side | None = None

    def __post_init__(self) -> None:
        if not self.resolutions and self.resolution is None:
            raise ValueError("say what is taken: `resolutions`, one for each conflict, or `resolution` for all of them")

    def decisions(self) -> Mapping[str, Decision]:
        return {each.conflict_id: each.resolution for each in self.resolutions}

    @property
    def rest(self) -> Decision:
        return self.resolution or "wait"


class AuditQuery(msgspec.Struct, frozen=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


def ordered_json(status: SyncStatus) -> Json:
    return {**status_json(status), "message": "The page is fetched again; the status tells what came of it."}


def status_json(status: SyncStatus) -> Json:
    state = status.state
    return {
        "tracklist_id": state.tracklist_id,
        "url": state.url,
        "target_tracklist_id": state.target_id,
        "status": _status(status),
        "task_id": status.task and status.task.task_id,
        "last_synced_at": iso_or_none(state.synced_at),
        "conflicts": status.waiting,
        "error": status.error,
        "config": config_json(state),
        "schedule": status.schedule and schedule_json(status.schedule),
    }


def config_json(state: SyncState) -> Json:
    return {"auto_apply": state.auto_apply, "on_conflict": state.on_conflict}


def schedule_json(schedule: Schedule) -> Json:
    return {
        "tracklist_id": schedule.tracklist_id,
        "cron_expression": schedule.cron,
        "next_at": iso(schedule.next_at),
        "last_at": iso_or_none(schedule.fired_at),
        "created_at": iso(schedule.created_at),
    }


def conflicts_json(state: SyncState, target: Tracklist, waiting: Sequence[Change]) -> Json:
    return {
        "tracklist_id": state.tracklist_id,
        "target_tracklist_id": target.tracklist_id,
        "conflicts": [_conflict(change, target) for change in waiting],
        "total": len(waiting),
    }


def resolved_json(state: SyncState, merged: Merged) -> Json:
    return {
        "tracklist_id": state.tracklist_id,
        "target_tracklist_id": state.target_id,
        "applied": len(merged.taken),
        "conflicts": len(merged.waiting),
    }


def audit_json(total: int, entries: Sequence[AuditEntry], query: AuditQuery) -> Json:
    listed = [{"at": iso(each.at), "by": each.by, "action": each.action, **_about(each.about)} for each in entries]
    return {"entries": listed, "total": total, "limit": query.limit, "offset": query.offset}


def _status(status: SyncStatus) -> str:
    """`never` before the first; `failed` where the last one did."""
    if status.task is not None and (status.is_live or status.task.status == "failed"):
        return status.task.status
    if status.state.synced_at is None:
        return "never"
    return "conflicts" if status.waiting else "in_sync"


def _conflict(change: Change, target: Tracklist) -> Json:
    """`track` is the row as the list has it, or the one that the page has more."""
    row = change.theirs if change.list_at is None else target.facts.entries[change.list_at]
    return {
        "conflict_id": change.change_id,
        "what": change.what,
        "field": change.field,
        "position": None if change.list_at is None else change.list_at + 1,
        "track": _brief(row) if change.what != "set" else None,
        **{side: _shown(getattr(change, side)) for side in ("before", "theirs", "yours")},
    }


def _shown(value: object) -> object:
    return _brief(value) if isinstance(value, Entry) else value


def _brief(row: Entry) -> Json:
    return {"artist": row.artist, "title": row.title, "remix": row.remix, "start_ms": row.start_ms}


def _about(about: Mapping[str, Any]) -> Json:
    """Of changes what they were; where the rows stood then says nobody anything."""
    places = {"before_at", "page_at", "list_at", "is_clean"}
    applied = [{name: value for name, value in each.items() if name not in places} for each in about.get("applied", ())]
    return {**about, **({"applied": applied} if "applied" in about else {})}
