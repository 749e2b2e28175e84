"""The history and a night, as others see them."""

from datetime import UTC

import pytest
from msgspec.structs import replace

from api_queue.errors import BadQuery
from api_queue.queues import night_wire, wire
from api_queue.queues.night import Played
from api_queue.queues.night_wire import HistoryQuery, NightQuery
from tests.queues.builders import an_item
from tests.queues.nights import PLAIN, a_night, sung

ANA = sung("Ana")


def test_the_history_is_the_items_with_the_names_of_their_tracks() -> None:
    told = night_wire.history_json([ANA, sung("Ben", track=None)])
    assert told["total"] == 2
    assert told["items"][0] == {**wire.item_json(ANA.item), "title": "Tide Tables", "artist": "Mona Delft"}
    assert (told["items"][1]["title"], told["items"][1]["artist"]) == ("gone", "")
    assert night_wire.history_json([]) == {"total": 0, "items": []}


def test_the_history_as_csv_has_readable_times_and_no_owners() -> None:
    assert night_wire.history_csv([ANA]) == (
        "started_at,performer_name,artist,title,track_id,status,track_duration_ms\r\n"
        "2023-11-14T22:13:20.000Z,Ana,Mona Delft,Tide Tables,t1,played,60000\r\n"
    )


def test_no_sheet_runs_anything_in_a_spreadsheet() -> None:
    evil = Played(replace(an_item("=HYPERLINK(1)", status="failed"), timestamp_play=None))
    assert night_wire.history_csv([evil]).splitlines()[1] == ",'=HYPERLINK(1),,t1,t1,failed,60000"
    assert ",'=1+1," in night_wire.setlist_csv(a_night(sung("=1+1")), UTC)


def test_a_playlist_names_addresses_of_this_server() -> None:
    assert night_wire.playlist([ANA, sung("Ben", track=PLAIN)], "http://h").splitlines() == [
        "#EXTM3U",
        "#EXTINF:60,Mona Delft - Tide Tables",
        "http://h/tracks/t1",
        "#EXTINF:60,Untitled",
        "http://h/tracks/t2",
    ]


def test_the_setlist_has_what_a_society_of_authors_asks_for_and_nothing_that_was_skipped() -> None:
    night = a_night(ANA, sung("Dora", 90, status="skipped"), sung("Ben", 100, None))
    assert night_wire.setlist_csv(night, UTC) == (
        "started_at,performer_name,artist,title,length,album,isrc,track_id\r\n"
        "2023-11-14T22:13:20+00:00,Ana,Mona Delft,Tide Tables,1:00,Pier,NLA320700001,t1\r\n"
        "2023-11-14T22:15:00+00:00,Ben,,gone,1:00,,,gone\r\n"
    )


@pytest.mark.parametrize(("ms", "text"), [(0, "0:00"), (59_999, "0:59"), (212_500, "3:32"), (3_600_000, "1:00:00")])
def test_lengths_are_written_as_on_a_sleeve(ms: int, text: str) -> None:
    assert night_wire.length_text(ms) == text


def test_a_status_is_asked_for_by_its_word() -> None:
    assert HistoryQuery(status="played,failed").statuses == {"played", "failed"}
    assert HistoryQuery().statuses == frozenset()
    with pytest.raises(BadQuery, match="played, skipped, failed"):
        assert HistoryQuery(status="queued").statuses


@pytest.mark.parametrize("zone", ["Nowhere", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "é"])
def test_a_zone_is_one_that_there_is(zone: str) -> None:
    with pytest.raises(BadQuery, match="Europe/Oslo"):
        assert NightQuery(zone=zone).time_zone
