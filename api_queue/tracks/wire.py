"""A track as others see it."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from api_queue.tracks.likes import NO_LIKES, Likes
from api_queue.tracks.models import Analysis, Found, Lyrics, ReplayGain, Search, TagFilter, Track
from api_queue.types import QueueName, TrackId


class SearchQuery(msgspec.Struct, frozen=True):
    """`GET /tracks?q=&tag=&queue=&limit=&offset=`; each `tag` must be there, each `-tag` must not."""

    q: Annotated[str, Meta(max_length=200)] = ""
    tag: Annotated[tuple[str, ...], Meta(max_length=20)] = ()
    queue: Annotated[QueueName, Meta(max_length=32)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0

    def search(self) -> Search:
        return Search(self.q, TagFilter.of(forced_tags=self.tag), self.limit, self.offset)


def found_json(found: Found, likes: Mapping[TrackId, Likes]) -> dict[str, Any]:
    tracks = [_brief_json(track) | likes_json(likes.get(track.track_id, NO_LIKES)) for track in found.tracks]
    return {"total": found.total, "tracks": tracks}


def likes_json(likes: Likes) -> dict[str, Any]:
    return {"likes": likes.count, "liked": likes.liked}


def _brief_json(track: Track) -> dict[str, Any]:
    return {
        "track_id": track.track_id,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "duration_ms": track.duration_ms,
        "tags": track.tags,
        "cover": track.cover is not None,
        "lyrics": track.lyrics,
    }


def full_json(track: Track, measured: Analysis | None = None, likes: Likes = NO_LIKES) -> dict[str, Any]:
    """Where the file has no ReplayGain tags, what was measured stands in for them."""
    return _brief_json(track) | {
        "alias": track.alias,
        "artists": track.artists,
        "track_number": track.track_number,
        "disc_number": track.disc_number,
        "date": track.date,
        "genres": track.genres,
        "sample_rate": track.sample_rate,
        "channels": track.channels,
        "isrc": track.isrc,
        "musicbrainz": track.musicbrainz,
        "replaygain": track.replaygain or (measured and _replaygain(measured)),
        "cuesheet": track.cuesheet,
        "part_of": track.part_of,
        **likes_json(likes),
    }


def _replaygain(measured: Analysis) -> ReplayGain:
    return ReplayGain(track_gain_db=measured.track_gain_db, track_peak=measured.track_peak)


def lyrics_json(lyrics: Lyrics) -> dict[str, Any]:
    return {"text": lyrics.text, "lines": [line._asdict() for line in lyrics.lines] or None}


def data_entry(track: Track) -> bytes:
    """`"track_id": {...}` of a track data file, in the form of the seed's `tracks.json`: `duration` in seconds, tags by
    key, paths from this server's root.
    """
    entry = {
        "id": track.track_id,
        "alias": track.alias,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "duration": track.duration_ms / 1000,
        "tags": tags_by_key(track),
        "attachments": {"video": [], "image": _image(track), "subtitle": _subtitle(track)},
    }
    return msgspec.json.encode(track.track_id) + b":" + msgspec.json.encode(entry)


def tags_by_key(track: Track) -> dict[str, list[str]]:
    """A tag without a key stands under the empty one."""
    tags = {"title": [track.title]}
    for tag in track.tags:
        key, colon, value = tag.partition(":")
        tags.setdefault(key if colon else "", []).append(value if colon else tag)
    return tags


def _image(track: Track) -> list[dict[str, str]]:
    return [_attachment(track, "cover", track.cover)] if track.cover else []


def _subtitle(track: Track) -> list[dict[str, str]]:
    return [_attachment(track, "lyrics", "application/json")] if track.lyrics else []


def _attachment(track: Track, part: str, mime: str) -> dict[str, str]:
    return {"variant": "Default", "mime": mime, "path": f"/tracks/{track.track_id}/{part}"}
