"""Every shape that a queue shows, in full: the names of its fields are a contract."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.queues import wire
from api_queue.queues.deeds import Undoable
from api_queue.queues.holdings import Holdings, You
from api_queue.queues.models import Mute
from api_queue.queues.points import Purse
from api_queue.queues.promise import Promise
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.tokens import Window
from api_queue.types import GuestId
from tests.queues.builders import NOW, a_queue
from tests.queues.shown import NOTICED_SESSION, QUEUE, SESSION, VIEW, WAITING, WAITING_JSON

#: The current one has 40 s left, the pauses are 15 s.
FIRST_START = NOW + 40_000 + 15_000


# -- items and lists -------------------------------------------------------------------------------------------


def test_an_item() -> None:
    assert wire.item_json(WAITING) == WAITING_JSON


def test_an_item_that_was_placed() -> None:
    placed = {**WAITING_JSON, "position": 3, "timestamp_expected": NOW, "rev": 9}
    there_already = {"uncertainty_ms": None, "adds_left": None, "you": None}
    assert wire.placed_json(WAITING, 3, NOW, 9, None) == placed | there_already
    promise = Promise(45_000, 2, You(Holdings(), QueueSettings(), NOW))
    told = wire.placed_json(WAITING, 3, NOW, 9, promise)
    assert told == placed | {
        "uncertainty_ms": 45_000,
        "adds_left": 2,
        "you": wire.you_json(You(Holdings(), QueueSettings(), NOW)),
    }


def test_what_a_guest_has() -> None:
    holdings = Holdings(
        waiting=2,
        waiting_ms=431_000,
        turns=1.5,
        purse=Purse(12_500, NOW),
        token=Window(NOW, NOW + 1),
        joined=True,
        table="7",
    )
    settings = QueueSettings(max_per_guest=3, order="fair", limit_model="points")
    assert wire.you_json(You(holdings, settings, NOW)) == {
        "own": {"waiting": 2, "waiting_ms": 431_000, "max_per_guest": 3, "max_minutes_per_guest": None, "turns": 1.5},
        "token": None,
        "points": {"points": 12.5, "points_max": 30, "points_per_hour": 20},
        "joined": True,
        "table": "7",
        "clock_ms": NOW,
    }


@pytest.mark.parametrize(("passed_ms", "end_ms", "shown"), [(0, 1, True), (1, None, False), (0, 0, False)])
def test_a_token_is_shown_until_it_is_over_or_void(passed_ms: int, end_ms: int | None, *, shown: bool) -> None:
    end = None if end_ms is None else datetime.fromtimestamp((NOW + end_ms) / 1000, UTC)
    you = You(Holdings(token=Window(NOW, NOW + 1)), QueueSettings(limit_model="token", event_end=end), NOW + passed_ms)
    assert wire.you_json(you)["token"] == ({"valid_from": NOW, "valid_until": NOW + 1} if shown else None)


def test_who_has_nothing_where_nothing_is_counted() -> None:
    told = wire.you_json(You(Holdings(), QueueSettings(), NOW))
    assert told["own"]["turns"] is None
    assert (told["token"], told["points"], told["joined"], told["table"]) == (None, None, False, None)


def test_the_list_counts_from_the_current_item_and_expects_each_that_waits() -> None:
    told = wire.list_json(VIEW, NOW)
    beside: dict[str, Any] = {"moved": [], "paused": [], "ready": [], "undo": None}
    assert {k: v for k, v in told.items() if k != "items"} == {"queue": "x", "rev": 7, "ts": NOW, "total": 4} | beside
    assert [(i["id"][0], i["position"], i["timestamp_expected"]) for i in told["items"]] == [
        ("A", None, None),
        ("B", 0, None),
        ("C", 1, FIRST_START),
        ("D", 2, FIRST_START + 60_000 + 15_000),
    ]


def test_the_list_of_what_waits_keeps_the_places_and_the_total() -> None:
    told = wire.list_json(VIEW, NOW, waiting_only=True)
    assert [(i["id"][0], i["position"]) for i in told["items"]] == [("C", 1), ("D", 2)]
    assert told["total"] == 4


def test_a_stopped_queue_expects_nothing() -> None:
    stopped = replace(VIEW, queue=replace(QUEUE, session=Session()))
    assert [i["timestamp_expected"] for i in wire.items_json(stopped, NOW)] == [None] * 4
    assert [i["position"] for i in wire.items_json(stopped, NOW)] == [None, None, 1, 2]


def test_the_retained_list_leaves_out_what_is_over() -> None:
    told = wire.retained_json(VIEW, NOW)
    assert [i["id"][0] for i in told["items"]] == ["B", "C", "D"]
    assert set(told) == {"queue", "rev", "ts", "total", "items", "moved", "paused", "ready", "undo"}
    assert told["total"] == 4


def test_what_can_be_undone_is_told_for_a_minute() -> None:
    queue = replace(QUEUE, undoable=Undoable("move", NOW))
    assert wire.undo_json(queue, NOW + 59_999) == {"verb": "move", "until_ms": NOW + 60_000}
    assert wire.undo_json(queue, NOW + 60_000) is None


# -- CSV -------------------------------------------------------------------------------------------------------

HEADING = (
    "track_id,performer_name,session_owner,timestamp_play,id,timestamp_added,"
    "track_duration_ms,weight,status,added_by,key_shift,tempo"
)


def test_the_list_as_csv() -> None:
    line = f"{WAITING.timestamp_added},60000,1.5,queued,helper,-2,1.25"
    assert wire.items_csv([WAITING]) == (f'{HEADING}\r\nt1,"Zoë, ""the voice"" 🎤",zoe,,C000000000,{line}\r\n')


def test_no_items_are_a_heading() -> None:
    assert wire.items_csv([]) == f"{HEADING}\r\n"


def test_the_retained_csv_is_the_current_item_and_what_waits() -> None:
    ids = [row["id"][0] for row in csv.DictReader(io.StringIO(wire.retained_csv(VIEW)))]
    assert ids == ["B", "C", "D"]


def test_the_retained_csv_of_a_stopped_queue_is_what_waits() -> None:
    stopped = replace(VIEW, queue=replace(QUEUE, session=Session()))
    ids = [row["id"][0] for row in csv.DictReader(io.StringIO(wire.retained_csv(stopped)))]
    assert ids == ["C", "D"]


# -- the session -----------------------------------------------------------------------------------------------


def test_a_session_as_it_is_stored() -> None:
    assert wire.session_json(QUEUE) == {
        **NOTICED_SESSION,
        "session_id": "x",
        "revision": 7,
        "track_uuid": "t0",
        "updated_at": "2023-11-14T22:13:20.000Z",
        "active_device_uuid": "kitchen",
    }


def test_a_session_as_it_is_now() -> None:
    told = wire.session_json(QUEUE, NOW + 500)
    assert (told["position_ms"], told["position_at_ms"]) == (10_500, NOW + 500)


def test_a_session_without_music() -> None:
    told = wire.session_json(a_queue())
    assert (told["item_id"], told["track_id"], told["duration_ms"]) == (None, None, None)
    assert (told["active_device_id"], told["speaker_name"], told["lease_until_ms"]) == (None, None, None)


def test_a_speaker_that_was_let_go_is_not_shown() -> None:
    told = wire.session_json(a_queue(replace(SESSION, lease_until_ms=0)))
    assert (told["active_device_id"], told["active_device_uuid"], told["speaker_name"]) == (None, None, None)


def test_an_event_carries_the_session_as_it_is_stored() -> None:
    assert wire.session_notice(SESSION) == NOTICED_SESSION


def test_an_event_of_a_session_without_music_has_no_duration() -> None:
    assert wire.session_notice(Session())["duration_ms"] is None


# -- the queue -------------------------------------------------------------------------------------------------

SUMMARY = {
    "name": "x",
    "kind": "named",
    "title": "Hall",
    "description": "",
    "rev": 7,
    "total": 4,
    "waiting": 2,
    "waiting_ms": 120_000,
    "play_state": "playing",
    "accepting": True,
    "created_at": "2023-11-14T22:12:20.000Z",
}


def test_a_summary() -> None:
    assert wire.summary_json(QUEUE) == SUMMARY


def test_a_queue_without_a_title_is_called_by_its_name() -> None:
    assert wire.summary_json(a_queue())["title"] == "x"


def test_a_queue_that_was_made() -> None:
    assert wire.made_json(QUEUE, "aq_secret") == {**SUMMARY, "url": "/queue/x/", "host_token": "aq_secret"}


def test_the_settings() -> None:
    assert wire.settings_json(QueueSettings()) == {
        "title": "",
        "description": "",
        "track_space": 15,
        "event_start": None,
        "event_end": None,
        "accepting": True,
        "filter_tags": (),
        "forced_tags": (),
        "hidden_tags": (),
        "max_items": None,
        "max_per_guest": None,
        "max_minutes_per_guest": None,
        "duplicate_track_window": None,
        "duplicate_performer_window": None,
        "order": "fifo",
        "coming_soon_count": 5,
        "performer_names": None,
        "limit_model": "none",
        "token_window": 20,
        "token_horizon": 3,
        "points_max": 30,
        "points_per_hour": 20,
        "join": "open",
        "approval": "off",
        "fallback": None,
        "preview": False,
        "preview_volume": 0.1,
        "guest_playback": False,
        "command_semantics": "own",
        "devices": None,
        "lyrics_offset_ms": 0,
        "history_length": 200,
        "retention": 24,
    }


def test_who_asks() -> None:
    assert wire.caller_json("guest", None, None) == {"role": "guest", "guest_id": None, "muted": None}
    mute = Mute(GuestId("ana"), NOW, "loud")
    assert wire.caller_json("guest", GuestId("ana"), mute) == {
        "role": "guest",
        "guest_id": "ana",
        "muted": {"guest_id": "ana", "until": "2023-11-14T22:13:20.000Z", "reason": "loud"},
    }


def test_a_mute_for_good_has_no_end() -> None:
    assert wire.mute_json(Mute(GuestId("ana"), None, "loud"))["until"] is None
