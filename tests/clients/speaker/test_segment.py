"""How mpv is told to play a part of a recording. That it does so to the step is in `test_parts.py`."""

from api_queue.clients.speaker.segment import played
from api_queue.clients.speaker.wire import Part
from api_queue.types import TrackId

PART = Part(TrackId("set"), 3_600_123, 3_800_640)


def test_a_whole_track_is_played_as_it_is() -> None:
    assert played("/music/rain, really.flac", None) == "/music/rain, really.flac"


def test_a_part_has_its_beginning_and_its_length_in_ms() -> None:
    assert played("/set.flac", PART) == "edl://%9%/set.flac,start=3600.123,length=200.517"


def test_whatever_stands_in_a_name_is_the_name() -> None:
    """Given one with what separates the words of such a list, and letters of several bytes."""
    assert played("/ä,b;c=%.flac", PART).startswith("edl://%14%/ä,b;c=%.flac,start=")
