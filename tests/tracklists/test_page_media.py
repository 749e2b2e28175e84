import pytest

from api_queue.tracklists.models import Metadata, Player
from api_queue.tracklists.page import read_page
from api_queue.types import Milliseconds
from tests.tracklists.site.pages import Head, tracklist


def metadata_of(page: str) -> Metadata:
    found = read_page(page).facts.metadata
    assert found is not None
    return found


def test_a_page_tells_how_long_and_how_well_liked_it_is() -> None:
    found = metadata_of(tracklist())

    assert (found.play_count, found.favorite_count, found.duration_minutes) == (7188, 12, 68.27)
    assert found.youtube_url == "https://www.youtube.com/watch?v=video1"
    assert found.players == ()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2 hours", 120.0), ("59 minutes 30 seconds", 59.5), ("45 seconds", 0.75), ("a while", None), ("", None)],
)
def test_each_part_of_a_length_may_be_missing(text: str, minutes: float | None) -> None:
    assert metadata_of(tracklist(head=Head(duration=text))).duration_minutes == minutes


def test_several_players_are_several_recordings() -> None:
    found = metadata_of(tracklist(head=Head(players=("37:57", "1:02:01"))))

    assert found.players == (
        Player(number=1, duration_ms=Milliseconds(2_277_000), url="https://www.youtube.com/watch?v=video1"),
        Player(number=2, duration_ms=Milliseconds(3_721_000), url="https://www.youtube.com/watch?v=video2"),
    )


def test_what_else_is_played_on_the_page_is_known_by_its_host() -> None:
    frames = '<iframe src="https://mixcloud.com.evil.example/x"></iframe><iframe src="https://www.mixcloud.com/w/?f=y"></iframe>'
    sound = '<div data-idmedia="7" data-idsource="10" class="mediaLink mediaItem123456"></div>'

    found = metadata_of(tracklist(extra=frames + sound))

    assert found.mixcloud_url == "https://www.mixcloud.com/w/?f=y"
    assert found.soundcloud_url == "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/123456"


def test_a_page_that_tells_none_of_it_has_no_metadata() -> None:
    page = tracklist().replace("interactionCount", "x").replace('class="sTab"', "").replace("data-idmedia", "data-x")

    assert read_page(page).facts.metadata is None
