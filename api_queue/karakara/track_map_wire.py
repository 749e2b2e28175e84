"""A track as the clients read it in `tracks.json`. Paths are from `/files/` on."""

from typing import Final

import msgspec

from api_queue.karakara.covers import NAMES, NO_COVER
from api_queue.karakara.sidecars import DEFAULT, media_type, offered
from api_queue.tracks.models import Track
from api_queue.tracks.wire import tags_by_key
from api_queue.types import Milliseconds, TrackId

Attachment = dict[str, str]
_NO_IMAGE: Final[Attachment] = {"variant": DEFAULT, "mime": "image/png", "path": NO_COVER}


def map_entry(track: Track) -> bytes:
    """`"track_id": {...}`; `duration` in s."""
    return _entry(track.track_id, track.duration_ms, _tags(track), _attachments(track))


def entry_of_gone(track_id: TrackId, duration_ms: Milliseconds) -> bytes:
    """What the queue still knows of it."""
    return _entry(track_id, duration_ms, {"title": [track_id]}, {"video": [], "image": [_NO_IMAGE], "subtitle": []})


def _entry(
    track_id: TrackId,
    duration_ms: Milliseconds,
    tags: dict[str, list[str]],
    attachments: dict[str, list[Attachment]],
) -> bytes:
    entry = {"id": track_id, "duration": duration_ms / 1000, "tags": tags, "attachments": attachments}
    return msgspec.json.encode(track_id) + b":" + msgspec.json.encode(entry)


def _tags(track: Track) -> dict[str, list[str]]:
    """Where a track has none of the tags by which the clients sort, its genre and its album stand for them."""
    tags = tags_by_key(track)
    if track.genres:
        tags.setdefault("category", list(track.genres))
    if track.album:
        tags.setdefault("from", [track.album])
    return tags


def _attachments(track: Track) -> dict[str, list[Attachment]]:
    names = offered(track)
    return {
        "video": [_attachment(track, name) for name in names if name.endswith(".webm")],
        "image": [_image(track)],
        "subtitle": [_attachment(track, name) for name in names if not name.endswith(".webm")],
    }


def _attachment(track: Track, name: str) -> Attachment:
    return {"variant": name.partition(".")[0], "mime": media_type(name), "path": f"{track.track_id}/{name}"}


def _image(track: Track) -> Attachment:
    """The clients want one of each track."""
    if track.cover not in NAMES:
        return _NO_IMAGE
    return {"variant": DEFAULT, "mime": track.cover, "path": f"{track.track_id}/{NAMES[track.cover]}"}
