"""A queue of ours as the list that KaraKara's clients show."""

import csv
import io
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import UnknownItem
from api_queue.karakara.queue_wire import item_number, item_of, queue_csv, queue_json
from api_queue.queues.models import Item, QueueView
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.turn_taking import Pause
from api_queue.queues.variants import Variants
from api_queue.types import Milliseconds
from tests.queues.builders import NOW, a_queue, an_item

NOW_S = NOW / 1000


def a_view(
    over: Sequence[Item] = (), waiting: Sequence[Item] = (), session: Session | None = None, space: float = 15
) -> QueueView:
    queue = a_queue(session, QueueSettings(track_space=space), waiting, head=len(over))
    return QueueView(queue, (*over, *waiting), len(over), "0-0")


def on(item: Item, *, since_s: float, state: str = "playing") -> Session:
    """The item began (or will, less than 0) so many seconds ago."""
    return Session(
        state=state,  # type: ignore[arg-type]  # one of them
        item_id=item.id,
        track_id=item.track_id,
        duration_ms=item.track_duration_ms,
        position_ms=round(since_s * 1000),
        position_at_ms=NOW,
    )


def starts(view: QueueView, now_ms: int = NOW) -> list[float | None]:
    return [item["start_time"] for item in queue_json(view, {}, now_ms)]


def test_an_item_has_the_eight_fields_in_seconds() -> None:
    item = an_item("Ana", track="abc", owner="guestaaaaaaaaaaa", seconds=90)

    assert queue_json(a_view(waiting=[item]), {}, NOW) == [
        {
            "id": item_number(item.id),
            "track_id": "abc",
            "track_duration": 90.0,
            "session_id": "guestaaaaaaaaaaa",
            "performer_name": "Ana",
            "start_time": None,
            "video_variant": "Default",
            "subtitle_variant": "Default",
        }
    ]


def test_an_item_shows_the_variants_that_were_chosen_for_it() -> None:
    plain, chosen = an_item(), an_item()

    shown = queue_json(a_view(waiting=[plain, chosen]), {chosen.id: Variants("Vocal", "Romaji")}, NOW)

    assert [(item["video_variant"], item["subtitle_variant"]) for item in shown] == [
        ("Default", "Default"),
        ("Vocal", "Romaji"),
    ]


def test_nothing_has_a_start_while_nothing_plays() -> None:
    assert starts(a_view(waiting=[an_item(), an_item()])) == [None, None]


def test_each_start_follows_the_end_before_and_the_pause() -> None:
    current = an_item(seconds=60, status="playing", play_at=NOW - 10_000)

    view = a_view([current], [an_item(seconds=30), an_item()], on(current, since_s=10))

    assert starts(view) == [NOW_S - 10, NOW_S + 65, NOW_S + 110]


def test_in_the_pause_before_a_song_it_has_a_start_ahead() -> None:
    current = an_item(status="playing", play_at=NOW + 1000)

    assert starts(a_view([current], session=on(current, since_s=-1))) == [NOW_S + 1]


def test_a_song_that_was_sought_in_began_where_its_position_says() -> None:
    current = an_item(status="playing", play_at=NOW - 10_000)

    assert starts(a_view([current], session=on(current, since_s=30))) == [NOW_S - 30]


def test_while_paused_nothing_has_a_start() -> None:
    current = an_item(status="playing", play_at=NOW - 10_000)

    assert starts(a_view([current], [an_item()], on(current, since_s=10, state="paused"))) == [None, None]


def test_a_song_that_has_run_out_unnoticed_keeps_its_start() -> None:
    current = an_item(seconds=60, status="playing", play_at=NOW)

    assert starts(a_view([current], session=on(current, since_s=0)), NOW + 63_000) == [NOW_S]


def test_what_stands_back_has_no_start_and_holds_nobody_up() -> None:
    current = an_item(seconds=60, status="playing", play_at=NOW)
    away, here = an_item("Bo"), an_item("Cy")
    view = a_view([current], [away, here], on(current, since_s=0))
    view = replace(view, queue=replace(view.queue, paused={"bo": Pause("Bo", NOW)}))

    assert starts(view) == [NOW_S, None, NOW_S + 75]


def test_what_was_played_keeps_its_start() -> None:
    first = an_item(seconds=60, status="played", play_at=NOW - 200_000)
    second = an_item(seconds=60, status="played", play_at=NOW - 100_000)

    assert starts(a_view([first, second], session=Session(position_at_ms=NOW))) == [NOW_S - 200, NOW_S - 100]


@pytest.mark.parametrize("since_done_s", [0, 5, 20])
def test_what_was_left_before_its_end_was_over_when_it_was_added_whatever_is_done_later(since_done_s: int) -> None:
    """Given a song left after 10 of 300 s, when the next one is still to begin or has begun."""
    left = replace(an_item(seconds=300, status="played", play_at=NOW - 15_000), timestamp_added=NOW - 60_000)
    current = an_item(status="playing", play_at=NOW + 10_000)
    session = replace(on(current, since_s=-15), position_at_ms=NOW - 5_000 + since_done_s * 1000)

    assert starts(a_view([left, current], session=session))[0] == NOW_S - 360


@pytest.mark.parametrize("early_ms", [0, 400, 1000])
def test_a_song_whose_speaker_was_done_a_moment_before_its_end_began_that_much_earlier(early_ms: int) -> None:
    played = an_item(seconds=60, status="played", play_at=NOW - 60_000 + early_ms)

    assert starts(a_view([played], session=Session(position_at_ms=NOW))) == [NOW_S - 60]


def test_a_song_that_was_sought_in_changes_nothing_of_the_one_before() -> None:
    """Given that KaraKara's seek has moved the start of what plays to before the end of what was played."""
    first = an_item(seconds=60, status="played", play_at=NOW - 80_000)
    current = an_item(seconds=60, status="playing", play_at=NOW - 30_000)
    view = a_view([first, current], session=on(current, since_s=30))
    settings = QueueSettings(command_semantics="karakara")

    shown = starts(replace(view, queue=replace(view.queue, settings=settings)))

    assert shown == [NOW_S - 80, NOW_S - 30]


@pytest.mark.parametrize("status", ["skipped", "failed"])
def test_what_was_not_played_is_not_in_it(status: str) -> None:
    over = an_item(status=status, play_at=NOW - 100_000)  # type: ignore[arg-type]  # one of them

    assert queue_json(a_view([over]), {}, NOW) == []


def test_what_asks_to_be_let_in_is_not_in_it() -> None:
    view = replace(a_view(waiting=[an_item("Ana")]), lobby=(an_item("Bo", status="lobby"),))

    assert [item["performer_name"] for item in queue_json(view, {}, NOW)] == ["Ana"]


def test_at_most_500_of_what_waits_is_in_it() -> None:
    over = an_item(status="played", play_at=NOW - 100_000)

    assert len(queue_json(a_view([over], [an_item()] * 501), {}, NOW)) == 501


def test_the_csv_says_the_same_in_the_same_columns() -> None:
    item = an_item('Ana "A", Bo', seconds=1)
    current = an_item(status="playing", play_at=NOW)
    view = a_view([current], [item], on(current, since_s=0))

    rows = list(csv.DictReader(io.StringIO(queue_csv(view, {}, NOW))))

    assert rows == [{key: str(value) for key, value in item.items()} for item in queue_json(view, {}, NOW)]


def test_in_the_csv_no_start_is_an_empty_cell() -> None:
    (row,) = csv.DictReader(io.StringIO(queue_csv(a_view(waiting=[an_item()]), {}, NOW)))

    assert row["start_time"] == ""


@given(st.integers(0, 2**50 - 1))
def test_a_number_and_an_id_lead_to_each_other(number: int) -> None:
    assert item_number(item_of(number)) == number


@pytest.mark.parametrize("number", [-1, 2**50, 2**70])
def test_no_item_has_a_number_out_of_bounds(number: int) -> None:
    with pytest.raises(UnknownItem):
        item_of(number)


@given(
    st.lists(st.integers(1, 600_000), min_size=1, max_size=8),
    st.floats(0, 60),
    st.integers(-20_000, 600_000),
    st.integers(0, 700_000),
)
def test_while_playing_each_song_waits_for_the_one_before(
    lengths_ms: list[int], space: float, position_ms: int, later_ms: int
) -> None:
    items = [replace(an_item(), track_duration_ms=Milliseconds(ms)) for ms in lengths_ms]
    current = replace(items[0], status="playing", timestamp_play=NOW)
    session = on(current, since_s=min(position_ms, current.track_duration_ms) / 1000)
    shown = queue_json(a_view([current], items[1:], session, round(space, 3)), {}, NOW + later_ms)

    for before, item in pairwise(shown):
        assert item["start_time"] - before["start_time"] >= before["track_duration"] + round(space, 3) - 1e-3
