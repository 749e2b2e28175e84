"""A track as the clients read it in `tracks.json`. Paths are from `/files/` on."""

import msgspec

from api_queue.karakara.covers import NAMES, NO_COVER
from api_queue.karakara.sidecars import DEFAULT, media_type, offered
from api_queue.tracks.models import Track
from api_queue.tracks.wire import tags_by_key

Attachment = dict[str, str]


def map_entry(track: Track) -> bytes:
    """`"track_id": {...}`; `duration` in s."""
    entry = {
        "id": track.track_id,
        "duration": track.duration_ms / 1000,
        "tags": _tags(track),
        "attachments": _attachments(track),
    }
    return msgspec.json.encode(track.track_id) + b":" + msgspec.json.encode(entry)


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
        return {"variant": DEFAULT, "mime": "image/png", "path": NO_COVER}
    return {"variant": DEFAULT, "mime": track.cover, "path": f"{track.track_id}/{NAMES[track.cover]}"}
