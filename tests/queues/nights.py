"""Nights for tests."""

from api_queue.queues.models import Item
from api_queue.queues.night import Night, Played
from api_queue.tracks.models import Track
from api_queue.types import ItemStatus, Milliseconds, QueueName, TrackId
from tests.queues.builders import NOW, an_item


def a_track(track_id: str, artist: str, title: str, isrc: str = "", album: str = "") -> Track:
    return Track(
        track_id=TrackId(track_id),
        alias=track_id,
        title=title,
        duration_ms=Milliseconds(60_000),
        sample_rate=44_100,
        channels=2,
        artists=(artist,) if artist else (),
        album=album,
        isrc=isrc,
    )


TIDES = a_track("t1", "Mona Delft", "Tide Tables", "NLA320700001", "Pier")
PLAIN = a_track("t2", "", "Untitled")


def sung(
    performer: str, after_s: float = 0, track: Track | None = TIDES, status: ItemStatus = "played", seconds: int = 60
) -> Played:
    """After the first start of the night, which was on 14 November 2023 at 22:13:20 UTC."""
    return Played(item(performer, after_s, track, status, seconds), track)


def item(performer: str, after_s: float, track: Track | None, status: ItemStatus, seconds: int) -> Item:
    track_id = track.track_id if track else "gone"
    play_at = NOW + round(after_s * 1000)
    return an_item(performer, track=track_id, status=status, play_at=play_at, seconds=seconds)


def a_night(*log: Played, title: str = "Nina’s birthday") -> Night:
    return Night(QueueName("party"), title, log)
