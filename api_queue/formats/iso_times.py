"""Points in time as ISO 8601 in UTC, to the millisecond: `2026-11-21T20:00:00.000+00:00`."""

from datetime import UTC, datetime


def iso(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")


def iso_or_none(time_ms: int | None) -> str | None:
    return None if time_ms is None else iso(time_ms)
