"""Tracklists as others see them: the names of source 003, and of the system behind it."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from api_queue.formats.iso_times import iso, iso_or_none
from api_queue.formats.set_times import long_time, short_time
from api_queue.tracklists.audio_validation import Suggestion
from api_queue.tracklists.models import Entry, Facts, Parsed, Tracklist, Version, Wanted
from api_queue.tracklists.timing import Issue
from api_queue.tracklists.versions import Difference, Placed
from api_queue.types import Milliseconds

Json = dict[str, Any]


def tracklist_json(tracklist: Tracklist) -> Json:
    return {
        **head_json(tracklist),
        **facts_json(tracklist.facts),
    }


def head_json(tracklist: Tracklist) -> Json:
    """All but what it tells of the set."""
    return {
        "id": tracklist.tracklist_id,
        "source": tracklist.source,
        "audio_file_id": tracklist.audio_id,
        "audio_duration_ms": tracklist.audio_duration_ms,
        "is_draft": tracklist.is_draft,
        "draft_version": tracklist.draft_version,
        "parent_tracklist_id": tracklist.parent_id,
        "confidence_score": tracklist.confidence,
        "default_cue_format": tracklist.default_cue_format,
        "cue_file_id": tracklist.cue_file_id,
        "rev": tracklist.rev,
        "created_at": iso(tracklist.created_at),
        "updated_at": iso(tracklist.updated_at),
        "scraped_at": iso_or_none(tracklist.scraped_at),
        "archived_at": iso_or_none(tracklist.archived_at),
        "track_count": len(tracklist.facts.entries),
    }


def facts_json(facts: Facts) -> Json:
    return {
        **set_json(facts),
        "tracks": tracks_json(facts.entries),
        "transitions": [asdict(transition) for transition in facts.transitions],
        "metadata": facts.metadata and asdict(facts.metadata),
    }


def set_json(facts: Facts) -> Json:
    return {
        "url": facts.url,
        "title": facts.title,
        "dj_name": facts.dj_name,
        "event_name": facts.event_name,
        "venue": facts.venue,
        "date": facts.date,
        "genres": facts.genres or None,
        "source_html_hash": facts.source_html_hash,
    }


def tracks_json(entries: Sequence[Entry]) -> list[Json]:
    return [track_json(entry, position) for position, entry in enumerate(entries, 1)]


def track_json(entry: Entry, position: int) -> Json:
    return {
        "number": position,
        "position": position,
        "timestamp": None if entry.start_ms is None else _timestamp(entry.start_ms, position),
        "start_ms": entry.start_ms,
        "end_ms": entry.end_ms,
        "start_time": None if entry.start_ms is None else long_time(entry.start_ms),
        "end_time": None if entry.end_ms is None else long_time(entry.end_ms),
        "artist": entry.artist,
        "title": entry.title,
        "remix": entry.remix,
        "label": entry.label,
        "is_id": entry.is_id,
        "kind": entry.kind,
        "bpm": entry.bpm,
        "key": entry.key,
        "genre": entry.genre,
        "notes": entry.notes,
        "confidence": entry.confidence,
        "transition_type": entry.transition_type,
        "is_manual_entry": entry.is_manual_entry,
        "is_estimated": entry.is_estimated,
        "catalog_track_id": entry.catalog_track_id,
    }


def _timestamp(start_ms: Milliseconds, position: int) -> Json:
    return {"track_number": position, "timestamp_ms": start_ms, "formatted_time": short_time(start_ms)}


def listed_json(total: int, found: Sequence[Tracklist], wanted: Wanted) -> Json:
    """Without the rows, which are the most of it."""
    listed = [{**head_json(each), **set_json(each.facts)} for each in found]
    return {"tracklists": listed, "total": total, "limit": wanted.limit, "offset": wanted.offset}


def etag(tracklist: Tracklist) -> dict[str, str]:
    return {"ETag": f'"{tracklist.rev}"'}


def parsed_json(kind: str, parsed: Parsed) -> Json:
    return {"kind": kind, "tracklist": facts_json(parsed.facts), "findings": parsed.findings}


def drafts_json(audio_file_id: str, drafts: Sequence[tuple[Tracklist, Sequence[Version] | None]]) -> Json:
    """Each with its versions, where they were asked for."""
    listed = [
        {**tracklist_json(draft), **({} if versions is None else {"versions": _listed(versions)})}
        for draft, versions in drafts
    ]
    return {"audio_file_id": audio_file_id, "drafts": listed, "total": len(listed)}


def versions_json(tracklist_id: str, versions: Sequence[Version]) -> Json:
    return {"tracklist_id": tracklist_id, "versions": _listed(versions), "total": len(versions)}


def version_json(version: Version, *, is_current: bool) -> Json:
    return {**_version_json(version, is_current=is_current), **facts_json(version.facts)}


def difference_json(found: Difference) -> Json:
    return {
        "added": [_placed_json(row) for row in found.added],
        "removed": [_placed_json(row) for row in found.removed],
        "modified": [
            {"position": each.position, "old": _placed_json(each.old), "new": _placed_json(each.new)}
            for each in found.modified
        ],
        "total_changes": found.total,
    }


def issues_json(found: Sequence[Issue], tracklist: Tracklist) -> Json:
    return {"is_valid": not found, "issues": found, "track_count": len(tracklist.facts.entries)}


def suggestion_json(suggestion: Suggestion) -> Json:
    time_ms = suggestion.time_ms
    return {**asdict(suggestion), "time": None if time_ms is None else long_time(time_ms)}


def _listed(versions: Sequence[Version]) -> list[Json]:
    return [_version_json(version, is_current=version is versions[0]) for version in versions]


def _version_json(version: Version, *, is_current: bool) -> Json:
    return {
        "version": version.number,
        "is_current": is_current,
        "created_at": iso(version.created_at),
        "created_by": version.created_by,
        "track_count": len(version.facts.entries),
    }


def _placed_json(row: Placed) -> Json:
    return track_json(row.entry, row.position)
