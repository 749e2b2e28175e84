"""Where a track's file is, is asked of the library once in a while, and not for each range."""

from pathlib import Path

import pytest

from api_queue.errors import TrackNotFound
from api_queue.media.places import Places
from api_queue.types import TrackId
from tests.media.conftest import TRACK, Library, MovedClock


async def test_ranges_in_a_row_ask_once_and_a_moved_file_is_found_again(library: Library, clock: MovedClock) -> None:
    places, before = Places(library, clock), library.places[TRACK]
    assert await places.path_of(TRACK) == before
    # When the file moves / Then the old place is good for a while, and not for long
    library.places[TRACK] = Path("/elsewhere")
    clock.forward_s(9)
    assert await places.path_of(TRACK) == before
    clock.forward_s(1)
    assert await places.path_of(TRACK) == Path("/elsewhere")


async def test_what_is_not_there_is_asked_for_again(library: Library, clock: MovedClock) -> None:
    places, new = Places(library, clock), TrackId("new")
    with pytest.raises(TrackNotFound):
        await places.path_of(new)
    library.places[new] = Path("/new")
    assert await places.path_of(new) == Path("/new")


async def test_a_long_night_does_not_fill_the_memory(library: Library, clock: MovedClock) -> None:
    places = Places(library, clock)
    for number in range(3000):
        library.places[TrackId(f"t{number}")] = Path(f"/{number}")
        assert await places.path_of(TrackId(f"t{number}")) == Path(f"/{number}")
    assert len(places._known) <= 1000
