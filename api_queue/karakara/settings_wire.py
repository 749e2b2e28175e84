"""The nine settings of a room that the clients know: which of ours they are, and how they are written."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from api_queue.errors import BadSetting
from api_queue.queues.settings import Order, QueueSettings, SettingsChange

_THEIRS: Final = {
    "coming_soon_count": "coming_soon_track_count",
    "event_start": "validation_event_start_datetime",
    "event_end": "validation_event_end_datetime",
    "order": "auto_reorder_queue",
}
#: `90s`, `2m30s`: what ISO 8601 writes after `PT`.
_SHORT: Final = re.compile(r"([0-9.]+[HMS])+")
#: In place of a name that a queue of ours can do without, and a room cannot.
_UNTITLED: Final = "KaraKara"


class RoomSettings(msgspec.Struct, kw_only=True):
    """PUT settings.json. What is left out has KaraKara's default; what else the form sends is passed over."""

    title: str = _UNTITLED
    track_space: float | str | None = 15
    hidden_tags: list[str] = msgspec.field(default_factory=lambda: ["red:duplicate"])
    forced_tags: list[str] = []
    preview_volume: float = 0.1
    coming_soon_track_count: int = 5
    validation_event_start_datetime: float | str | None = None
    validation_event_end_datetime: float | str | None = None
    auto_reorder_queue: bool = False


def settings_json(settings: QueueSettings) -> dict[str, object]:
    """As GET settings.json answers and MQTT says."""
    return {
        "title": settings.title or _UNTITLED,
        "track_space": settings.track_space,
        "hidden_tags": list(settings.hidden_tags),
        "forced_tags": list(settings.forced_tags),
        "preview_volume": settings.preview_volume,
        "coming_soon_track_count": settings.coming_soon_count,
        "validation_event_start_datetime": msgspec.to_builtins(settings.event_start),
        "validation_event_end_datetime": msgspec.to_builtins(settings.event_end),
        "auto_reorder_queue": settings.order != "fifo",
    }


def changed(wish: RoomSettings, current: QueueSettings) -> dict[str, Any]:
    """What of ours becomes what. Raises BadSetting, which names the setting as the clients do."""
    fields: dict[str, Any] = {
        "title": wish.title,
        "track_space": _seconds(wish.track_space),
        "hidden_tags": wish.hidden_tags,
        "forced_tags": wish.forced_tags,
        "preview_volume": wish.preview_volume,
        "coming_soon_count": wish.coming_soon_track_count,
        "event_start": _moment("event_start", wish.validation_event_start_datetime),
        "event_end": _moment("event_end", wish.validation_event_end_datetime),
        "order": _order(current.order, reorders=wish.auto_reorder_queue),
    }
    try:
        SettingsChange(fields).apply(current)
    except BadSetting as error:
        raise _in_their_words(error) from None
    return fields


def _in_their_words(error: BadSetting) -> BadSetting:
    key, reason = (f"{error.facts[fact]}" for fact in ("key", "reason"))
    for ours, theirs in _THEIRS.items():
        reason = re.sub(rf"\b{ours}\b", theirs, reason)
    return BadSetting(key=_THEIRS.get(key, key), reason=reason)


def _order(current: Order, *, reorders: bool) -> Order:
    """KaraKara has one order of its own, where we have two."""
    if not reorders:
        return "fifo"
    return "weight" if current == "weight" else "fair"


def _seconds(length: float | str | None) -> float:
    """Nothing is no pause. A text is a number of seconds, `90s` or `PT2M30S`."""
    if not isinstance(length, str):
        return length or 0
    text = length.strip().upper()
    if not text:
        return 0
    try:
        span = msgspec.convert(f"PT{text}" if _SHORT.fullmatch(text) else text, timedelta, strict=False)
    except msgspec.ValidationError:
        raise BadSetting(key="track_space", reason="must be a number of seconds, or a length as PT2M30S") from None
    return span.total_seconds()


def _moment(key: str, moment: float | str | None) -> str | None:
    """ISO 8601, where none is said in UTC, or seconds since 1970; as ISO 8601 with its zone."""
    if moment is None or moment == "":
        return None
    try:
        when = _read(moment)
    except (ValueError, OverflowError, OSError):
        reason = "must be a time, such as 2026-12-31T20:00:00+01:00, or seconds since 1970"
        raise BadSetting(key=_THEIRS[key], reason=reason) from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()


def _read(moment: float | str) -> datetime:
    try:
        seconds = float(moment)
    except ValueError:
        return datetime.fromisoformat(f"{moment}".strip())
    return datetime.fromtimestamp(seconds, UTC)
