"""CUE files as others see them: the names of source 003. Lengths that are reported are in seconds, as there."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from api_queue.errors import ApiQueueError
from api_queue.formats.cue.sheet import Finding, Reading
from api_queue.formats.cue.variants import Variant, VariantName
from api_queue.formats.iso_times import iso, iso_or_none
from api_queue.jobs.models import Detail, Task
from api_queue.tracklists.audio_validation import TOLERANCE_MS, AudioReport, Suggestion
from api_queue.tracklists.cue_files import CueBrief, CueFile, CueFilter, Generated, Stored
from api_queue.tracklists.cue_judging import Judgement

Json = dict[str, Any]

# -- files -----------------------------------------------------------------------------------------------------


def cue_json(file: CueFile) -> Json:
    return {**brief_json(file), "cue_content": file.content}


def brief_json(file: CueBrief) -> Json:
    """Without the text. One that is not stored has no id."""
    return {
        "id": file.cue_id if file.version else None,
        "tracklist_id": file.tracklist_id,
        "filename": file.filename,
        "file_path": path_of(file.cue_id) if file.version else None,
        "format": file.format,
        "created_at": iso(file.created_at),
        "file_size": file.size_bytes,
        "checksum": file.checksum,
        "version": file.version or None,
        "is_active": file.is_active,
        "metadata": _making_json(file),
    }


def path_of(cue_id: str) -> str:
    """Where it can be had."""
    return f"/api/v1/cue/download/{cue_id}"


def _making_json(file: CueBrief) -> Json:
    making = file.making
    return {
        "track_count": making.track_count,
        "audio_file": making.recording.name if making.recording else None,
        "audio_duration": seconds(making.recording.duration_ms) if making.recording else None,
        "tracklist_rev": making.tracklist_rev or None,
        "tracklist_url": making.tracklist_url,
        "source_format": making.source_format,
        "options": msgspec.structs.asdict(making.options),
        "notes": making.notes,
    }


def generated_json(made: Generated, took_ms: int) -> Json:
    stored = made.file.cue_id if made.file.version else None
    report = made.report and report_json(made.report)
    return {**cue_json(made.file), **_outcome(took_ms), "cue_file_id": stored, "validation_report": report}


def result_json(file: CueBrief, report: AudioReport | None = None) -> Json:
    """Of an item of a task: the file without its text."""
    stored = file.cue_id if file.version else None
    return {**brief_json(file), "cue_file_id": stored, "validation_report": report and report_json(report)}


def started_json(task: Task) -> Json:
    return {**_outcome(0), "job_id": f"{task.task_id}", "cue_file_id": None, "validation_report": None}


def _outcome(took_ms: int) -> Json:
    return {"success": True, "job_id": None, "error": None, "processing_time_ms": took_ms}


def converted_json(file: CueFile, source_id: str, took_ms: int) -> Json:
    stored = {"cue_file_id": file.cue_id, "source_cue_file_id": source_id, "warnings": file.making.notes}
    return {**cue_json(file), **_outcome(took_ms), **stored}


def batch_json(made: Sequence[tuple[VariantName, Generated | ApiQueueError]], took_ms: int) -> Json:
    results = [_result(variant, each) for variant, each in made]
    good = sum(result["success"] for result in results)
    return {
        "success": good == len(results),
        "results": results,
        "total_files": len(results),
        "successful_files": good,
        "failed_files": len(results) - good,
        "processing_time_ms": took_ms,
    }


def _result(variant: VariantName, made: Generated | ApiQueueError) -> Json:
    if isinstance(made, ApiQueueError):
        return {"success": False, "format": variant, "cue_file_id": None, "error": made.detail, "code": made.code}
    return generated_json(made, 0)


def files_json(total: int, files: Sequence[CueBrief], wanted: CueFilter) -> Json:
    page = {"limit": wanted.limit, "offset": wanted.offset, "total": total, "returned": len(files)}
    return {
        "files": [brief_json(file) for file in files],
        "pagination": {**page, "has_more": wanted.offset + len(files) < total},
        "filters": {"tracklist_id": wanted.tracklist_id, "format": wanted.format},
    }


def versions_json(versions: Sequence[CueBrief]) -> Json:
    newest = versions[0]
    listed = [brief_json(file) for file in versions]
    return {"tracklist_id": newest.tracklist_id, "format": newest.format, "versions": listed, "total": len(listed)}


# -- reports ---------------------------------------------------------------------------------------------------


def report_json(report: AudioReport) -> Json:
    return {
        "valid": report.valid,
        "error": "; ".join(report.errors) or None,
        "warnings": report.warnings,
        "audio_duration": seconds(report.audio_ms),
        "tracklist_duration": seconds(report.tracklist_ms),
        "suggestions": _suggestions_json(report.suggestions),
        "metadata": {
            "actual_duration_seconds": seconds(report.audio_ms),
            "tracklist_duration_seconds": seconds(report.tracklist_ms),
            "difference_seconds": seconds(report.difference_ms),
            "tolerance_seconds": seconds(TOLERANCE_MS),
            "track_count": report.track_count,
        },
    }


def judgement_json(judged: Judgement) -> Json:
    """What is wrong with the text, and whether its times fit the recording, if there is one."""
    reading, report, recording = judged.reading, judged.report, judged.recording
    errors = [*_messages(reading, "error")[:10], *(report.errors[:10] if report else ())]
    return {
        "valid": reading.valid and (report is None or report.valid),
        "error": "; ".join(errors) or None,
        "warnings": [*_messages(reading, "warning"), *(report.warnings if report else ())],
        "findings": findings_json(reading.findings),
        "track_count": len(reading.sheet.tracks),
        "encoding": reading.encoding,
        "dialect": reading.sheet.dialect,
        "audio_duration": seconds(recording.duration_ms) if recording else None,
        "suggestions": _suggestions_json(judged.suggestions),
    }


def _messages(reading: Reading, severity: str) -> list[str]:
    return [finding.message for finding in reading.findings if finding.severity == severity]


def _suggestions_json(suggestions: Iterable[Suggestion]) -> list[Json]:
    return [msgspec.structs.asdict(each) for each in suggestions]


def findings_json(findings: Iterable[Finding]) -> list[Json]:
    return [msgspec.structs.asdict(finding) for finding in findings]


def capabilities_json(variant: Variant) -> Json:
    """`max_tracks` and `rem_fields` are null where there is no end of them."""
    return {
        "format": variant.name,
        "description": variant.summary,
        "max_tracks": variant.tracks_max,
        "max_text_length": variant.text_max,
        "supports_multiple_files": variant.several_files,
        "supports_pregap": variant.gaps,
        "supports_isrc": variant.isrc,
        "flags": variant.flags,
        "rem_fields": variant.remarks,
        "file_extension": ".cue",
        "content_type": "application/x-cue",
    }


def seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


# -- tasks and what is kept ------------------------------------------------------------------------------------


def job_json(detail: Detail) -> Json:
    """`result` is that of its item, or of all of them where there are several."""
    task = detail.task
    results = [item.result for item in detail.items]
    return {
        "job_id": f"{task.task_id}",
        "status": task.status,
        "job_type": task.type,
        "service_name": "tracklists",
        "progress": task.percent,
        "total_items": task.total_items,
        "result": results[0] if len(results) == 1 else results,
        "error_message": "; ".join(item.error for item in detail.items if item.error) or None,
        "started_at": iso_or_none(task.started_at),
        "completed_at": iso_or_none(task.finished_at),
        "created_at": iso(task.created_at),
    }


def stored_json(stored: Stored) -> Json:
    return {
        "entries": sum(stored.files.values()),
        "current_entries": stored.current,
        "tracklists": stored.tracklists,
        "size_bytes": stored.size_bytes,
        "formats": dict(stored.files),
    }


def cleared_json(entries: int) -> Json:
    said = f"{entries} CUE {'file is' if entries == 1 else 'files are'} made anew when they are asked for next."
    return {"success": True, "message": said, "entries_cleared": entries}
