"""The library as its keeper sees it, in JSON. Paths are text: what is none in them stands as in a URL."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api_queue.formats.iso_times import iso_or_none
from api_queue.jobs.models import Task
from api_queue.jobs.wire import task_json
from api_queue.tracks.folders import Overview
from api_queue.tracks.models import Analysis, Folder
from api_queue.tracks.paths import to_text
from api_queue.types import TrackId

#: The first ones tell what is wrong; who has more looks at the scan's failed items.
FAULTS_SHOWN = 500


class FolderBody(msgspec.Struct):
    """`path` is absolute, as it is on the server or as answers write it."""

    path: Annotated[str, Meta(min_length=1, max_length=4096)]


def overview_json(overview: Overview, now_ms: int) -> dict[str, Any]:
    faults = [{"path": fault.path, "reason": fault.reason} for fault in overview.faults[:FAULTS_SHOWN]]
    return {
        "folders": [{"path": to_text(each.path), **_folder_json(each)} for each in overview.folders],
        "totals": _counts_json(overview.everywhere),
        "last_scan": task_json(overview.last_scan, now_ms) if overview.last_scan else None,
        "faults": faults,
    }


def added_json(path: str, task: Task) -> dict[str, Any]:
    """The task under the names of both of the seed's systems."""
    return {"path": to_text(path), "status": task.status, "task_id": task.task_id, "enqueued_task_id": task.task_id}


def scan_json(task: Task) -> dict[str, Any]:
    return {"task_id": task.task_id, "enqueued_task_id": task.task_id, "status": task.status}


def waveform_json(track_id: TrackId, analysis: Analysis, peaks: bytes) -> dict[str, Any]:
    """`peaks`: from 0 to 1 of full scale, of equally long parts of the track."""
    return {
        "track_id": track_id,
        "peaks": [round(peak / 255, 3) for peak in peaks],
        "loudness_lufs": analysis.loudness_lufs,
        "replaygain": {"track_gain_db": analysis.track_gain_db, "track_peak": analysis.track_peak},
    }


def _folder_json(folder: Folder) -> dict[str, Any]:
    return {
        "added_at": iso_or_none(folder.added_at),
        "last_scan_at": iso_or_none(folder.scanned_at),
        **_counts_json(folder),
    }


def _counts_json(folder: Folder) -> dict[str, int]:
    return {"files": folder.files, "tracks": folder.tracks, "faults": folder.faults}
