"""What a FLAC's comments say, as a track. Pure; anything may stand in a comment, and none of it is believed."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from api_queue.tracks.models import ReplayGain, Track, alias_of
from api_queue.types import Milliseconds, TrackId

Comments = Mapping[str, Sequence[str]]
"""Values by key in lower case."""

#: Longer text, or more values, is an accident or an attack.
TEXT_MAX: Final = 300
VALUES_MAX: Final = 50

#: Comments whose values become tags `key:value`; `tag` comments are tags as they stand.
_TAG_KEYS: Final = {"genre": "genre", "language": "lang", "mood": "mood", "artist": "artist", "album": "album"}
_FREE_TAGS: Final = ("tag", "tags", "keywords")
_NUMBER: Final = re.compile(r"\s*(\d{1,4})")
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_DECIMAL: Final = re.compile(r"\s*([+-]?\d{1,4}(?:\.\d{1,10})?)")


def track_of(
    track_id: TrackId,
    comments: Comments,
    *,
    stem: str,
    duration_ms: int,
    sample_rate: int,
    channels: int,
    cover: str | None,
    lyrics: bool,
    cuesheet: bool,
    sidecars: tuple[str, ...] = (),
) -> Track:
    """`stem`, the file's name without its ending, is the title of a file that has none."""
    title = _first(comments, "title") or clean(stem) or track_id
    artists = values(comments, "artists") or values(comments, "artist")
    alias = _first(comments, "api_queue_alias")
    return Track(
        track_id=track_id,
        alias=alias_of("", alias) if alias else alias_of(", ".join(artists), title),
        title=title,
        artists=artists,
        album=_first(comments, "album"),
        track_number=_number(_first(comments, "tracknumber")),
        disc_number=_number(_first(comments, "discnumber")),
        date=_date(comments),
        genres=_split(values(comments, "genre")),
        duration_ms=Milliseconds(duration_ms),
        sample_rate=sample_rate,
        channels=channels,
        isrc=_first(comments, "isrc").replace("-", "").upper(),
        musicbrainz=_musicbrainz(comments),
        replaygain=_replaygain(comments),
        cover=cover,
        lyrics=lyrics,
        cuesheet=cuesheet,
        sidecars=sidecars,
        tags=_tags(comments),
    )


def clean(text: str) -> str:
    """One line, no control or direction characters, at most TEXT_MAX long."""
    head = text[: 4 * TEXT_MAX]
    line = head if head.isprintable() else "".join(c if c.isprintable() else " " for c in head)
    return " ".join(line.split())[:TEXT_MAX].strip()


def values(comments: Comments, key: str) -> tuple[str, ...]:
    if key not in comments:  # as most of those that are asked for
        return ()
    cleaned = (clean(value) for value in comments[key][:VALUES_MAX])
    return tuple(dict.fromkeys(value for value in cleaned if value))


def _first(comments: Comments, key: str) -> str:
    cleaned = (clean(value) for value in comments.get(key, ())[:VALUES_MAX])
    return next((value for value in cleaned if value), "")


def _number(text: str) -> int | None:
    """`3/12` is the third."""
    found = _NUMBER.match(text)
    return int(found[1]) if found else None


def _date(comments: Comments) -> str:
    found = _DATE.match(_first(comments, "date") or _first(comments, "year"))
    return found[0] if found else ""


def _split(texts: Sequence[str]) -> tuple[str, ...]:
    """Taggers write several values as several comments, or in one with semicolons."""
    return tuple(part.strip() for text in texts for part in text.split(";") if part.strip())[:VALUES_MAX]


def _tags(comments: Comments) -> tuple[str, ...]:
    keyed = [
        f"{name}:{value}"
        for key, name in _TAG_KEYS.items()
        for value in (_split(values(comments, key)) if key != "artist" else values(comments, key))
    ]
    year = [f"year:{date[:4]}"] if (date := _date(comments)) else []
    free = [tag for key in _FREE_TAGS for tag in _split(values(comments, key))]
    return tuple(dict.fromkeys(keyed + year + free))


def _musicbrainz(comments: Comments) -> dict[str, str]:
    """`musicbrainz_trackid` -> `trackid`; the names are Picard's."""
    keys = sorted(key for key in comments if key.startswith("musicbrainz_"))[:VALUES_MAX]
    found = {clean(key.removeprefix("musicbrainz_")): _first(comments, key) for key in keys}
    return {key: value for key, value in found.items() if key and value}


def _replaygain(comments: Comments) -> ReplayGain | None:
    gain = ReplayGain(
        track_gain_db=_decimal(_first(comments, "replaygain_track_gain")),
        track_peak=_decimal(_first(comments, "replaygain_track_peak")),
        album_gain_db=_decimal(_first(comments, "replaygain_album_gain")),
        album_peak=_decimal(_first(comments, "replaygain_album_peak")),
    )
    return None if gain == ReplayGain() else gain


def _decimal(text: str) -> float | None:
    """`-6.54 dB`"""
    found = _DECIMAL.match(text)
    return float(found[1]) if found else None
