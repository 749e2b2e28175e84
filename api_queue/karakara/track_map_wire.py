"""A track as the clients read it in `tracks.json`. Paths are from `/files/` on."""

from typing import Final

import msgspec

from api_queue.karakara.sidecars import DEFAULT, media_type, offered
from api_queue.tracks.models import Track
from api_queue.tracks.wire import tags_by_key

#: What a cover is called, by its media type.
COVERS: Final = {
    "image/jpeg": "cover.jpg",
    "image/png": "cover.png",
    "image/gif": "cover.gif",
    "image/webp": "cover.webp",
}
#: The picture of a track without a cover, since the clients want one of each.
NO_COVER: Final = "cover.png"

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
    if track.cover not in COVERS:
        return {"variant": DEFAULT, "mime": "image/png", "path": NO_COVER}
    return {"variant": DEFAULT, "mime": track.cover, "path": f"{track.track_id}/{COVERS[track.cover]}"}
