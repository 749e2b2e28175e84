"""The settings of one queue: each with its default, bounds and meaning, and how a partial change is read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from api_queue.errors import BadPerformerName, BadSetting, UnknownSetting
from api_queue.formats.performers import same_performer
from api_queue.queues.names import has_controls, performer_name

Order = Literal["fifo", "fair", "weight"]
CommandSemantics = Literal["own", "karakara"]
Tags = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(max_length=100)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Minutes = Annotated[int, Meta(ge=1, le=7 * 24 * 60)]
When = Annotated[datetime, Meta(tz=True)]
"""A moment to plan for; to be asked `in_calendar`, because a zone can lead beyond the last year that can be written."""
#: 1 January 2100.
LATEST_MS: Final = 4_102_444_800_000


class Fallback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What plays when nothing waits: these tracks, or any with one of these tags."""

    tags: Tags = ()
    tracks: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=1000)] = ()


class QueueSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`track_space` in seconds, windows in minutes, `retention` and `token_horizon` in hours, times as ISO 8601 with a
    zone. What the rules make of them: docs/rules.md.
    """

    title: Annotated[str, Meta(max_length=100)] = ""
    description: Annotated[str, Meta(max_length=1000)] = ""
    track_space: Annotated[float, Meta(ge=0, le=600)] = 15.0
    event_start: When | None = None
    event_end: When | None = None
    accepting: bool = True
    filter_tags: Tags = ()
    forced_tags: Tags = ()
    hidden_tags: Tags = ()
    max_items: Count | None = None
    max_per_guest: Count | None = None
    max_minutes_per_guest: Minutes | None = None
    duplicate_track_window: Minutes | None = None
    duplicate_performer_window: Minutes | None = None
    order: Order = "fifo"
    coming_soon_count: Annotated[int, Meta(ge=0, le=100)] = 5
    #: Who may perform; None: everybody.
    performer_names: (
        Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=1000)] | None
    ) = None
    limit_model: Literal["none", "token", "points"] = "none"
    token_window: Annotated[int, Meta(ge=1, le=24 * 60)] = 20
    token_horizon: Annotated[float, Meta(gt=0, le=7 * 24)] = 3.0
    points_max: Annotated[int, Meta(ge=1, le=10_000)] = 30
    points_per_hour: Annotated[float, Meta(ge=0, le=100_000)] = 20.0
    join: Literal["open", "code"] = "open"
    approval: Literal["off", "excess", "all"] = "off"
    fallback: Fallback | None = None
    preview: bool = False
    #: Of the video that a screen shows while nobody sings: 0 is silent.
    preview_volume: Annotated[float, Meta(ge=0, le=1)] = 0.1
    guest_playback: bool = False
    #: What the buttons do: docs/karakara.md.
    command_semantics: CommandSemantics = "own"
    #: Ids of the devices that may be the speaker, in the order of taking over; None: every speaker.
    devices: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=50)] | None = None
    lyrics_offset_ms: Annotated[int, Meta(ge=-10_000, le=10_000)] = 0
    history_length: Annotated[int, Meta(ge=0, le=10_000)] = 200
    retention: Annotated[int, Meta(ge=1, le=24 * 365)] = 24

    @property
    def track_space_ms(self) -> int:
        return round(self.track_space * 1000)

    @property
    def event_start_ms(self) -> int | None:
        return when_ms(self.event_start)

    @property
    def event_end_ms(self) -> int | None:
        return when_ms(self.event_end)


FIELDS: Final = {field.name: field for field in msgspec.structs.fields(QueueSettings)}
_NO_LINES: Final = str.maketrans("", "", "\r\n")
_LISTS: Final = frozenset({"filter_tags", "forced_tags", "hidden_tags", "devices", "performer_names"})


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A request to change some keys; `apply` says what is wrong with it, naming the key."""

    fields: dict[str, Any]

    def apply(self, current: QueueSettings) -> QueueSettings:
        changed = msgspec.to_builtins(current) | {key: _given(key, value) for key, value in self.fields.items()}
        try:
            settings = msgspec.convert(changed, QueueSettings, strict=False)
        except msgspec.ValidationError as error:
            raise _bad_setting(str(error)) from None
        _check_texts(settings)
        _check_event(settings)
        _check_fallback(settings.fallback)
        _check_tokens(settings)
        return msgspec.structs.replace(settings, performer_names=_performers(settings.performer_names))


def _given(key: str, value: Any) -> Any:
    if key not in FIELDS:
        near = get_close_matches(key, FIELDS, 1)
        raise UnknownSetting(key=key, hint=f" Did you mean '{near[0]}'?" if near else "")
    if value == "" and FIELDS[key].default is None:  # an emptied field of a form
        return None
    if isinstance(value, str) and key in _LISTS:
        return _listed(value)
    if isinstance(value, str) and key == "fallback":
        return {"tags": _listed(value)}
    return value


def _listed(text: str) -> list[str]:
    """As forms and the command line have it."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _bad_setting(message: str) -> BadSetting:
    """msgspec ends its sentence with ` - at `$.key...``; that is the key to name."""
    reason, _, path = message.partition(" - at `$.")
    key = path.rstrip("`").split("[")[0].split(".")[0]
    if "tz" in reason or "timezone" in reason or "RFC3339" in reason:
        reason = "must be a time with its zone, such as 2026-12-31T20:00:00+01:00"
    else:
        reason = f"does not fit: {reason[:1].lower()}{reason[1:]}"
    return BadSetting(key=key, reason=reason)


def _check_texts(settings: QueueSettings) -> None:
    """They are shown beside other words; only a description may have lines."""
    for key, text in (("title", settings.title), ("description", settings.description.translate(_NO_LINES))):
        if has_controls(text):
            raise BadSetting(key=key, reason="has a line break or a control character in it that does not belong there")


def _check_event(settings: QueueSettings) -> None:
    for key in ("event_start", "event_end"):
        if not in_calendar(getattr(settings, key)):
            raise BadSetting(key=key, reason="must lie between 1970 and 2100")
    start, end = settings.event_start_ms, settings.event_end_ms
    if start is not None and end is not None and end <= start:
        raise BadSetting(key="event_end", reason="must be later than event_start")


def _check_fallback(fallback: Fallback | None) -> None:
    if fallback is not None and bool(fallback.tags) == bool(fallback.tracks):
        raise BadSetting(key="fallback", reason='names either tags or tracks, such as {"tags": ["genre:jazz"]}')


def _check_tokens(settings: QueueSettings) -> None:
    """The first one begins one window from now."""
    if settings.token_window > settings.token_horizon * 60:
        raise BadSetting(key="token_horizon", reason="must be at least as long as token_window, or nobody gets a token")


def _performers(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """As they are written on items, each once."""
    if names is None:
        return None
    if not names:
        raise BadSetting(key="performer_names", reason="names nobody, so nobody could perform; null lets everybody")
    try:
        written = [performer_name(name) for name in names]
    except BadPerformerName as error:
        raise BadSetting(key="performer_names", reason=f"has a name that {error.facts['reason']}") from None
    return tuple({same_performer(name): name for name in written}.values())


def in_calendar(when: datetime | None) -> bool:
    timestamp = when_ms(when)
    return timestamp is None or 0 <= timestamp <= LATEST_MS


def when_ms(when: datetime | None) -> int | None:
    return None if when is None else round(when.timestamp() * 1000)


def iso(timestamp_ms: int) -> str:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
