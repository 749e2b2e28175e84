"""The records of a queue: the line survives any item, views know what waits, a session knows where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import BadPerformerName
from api_queue.formats.csv_items import COLUMNS, decode_line
from api_queue.queues.models import Item, Mute, QueueView
from api_queue.queues.names import performer_name
from api_queue.queues.session import Session
from api_queue.types import DeviceId, GuestId, ItemId, Milliseconds, TrackId
from tests.queues.builders import NOW, a_queue, an_item

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
TIMES = st.integers(0, 4_000_000_000_000)


def acceptable(text: str) -> bool:
    try:
        return performer_name(text) == text
    except BadPerformerName:
        return False


NAMES = TEXT.filter(acceptable)
ITEMS = st.builds(
    Item,
    track_id=st.from_regex(r"[a-z0-9]{1,40}", fullmatch=True).map(TrackId),
    performer_name=NAMES,
    session_owner=st.from_regex(r"[a-zA-Z0-9_-]{1,30}", fullmatch=True).map(GuestId),
    timestamp_play=st.none() | TIMES,
    id=st.from_regex(r"[0-9A-HJKMNP-TV-Z]{10}", fullmatch=True).map(ItemId),
    timestamp_added=TIMES,
    track_duration_ms=st.integers(0, 10**8).map(Milliseconds),
    weight=st.floats(allow_nan=False),
    status=st.sampled_from(["lobby", "queued", "playing", "played", "skipped", "failed"]),
    added_by=st.sampled_from(["guest", "member", "helper", "host", "admin"]),
    key_shift=st.integers(-12, 12),
    tempo=st.floats(0.25, 4),
)


@given(ITEMS)
def test_any_item_survives_its_line(item: Item) -> None:
    assert Item.from_line(item.as_line()) == item


@given(ITEMS)
def test_a_line_read_and_written_is_the_same_line(item: Item) -> None:
    """The scripts find an item by its line: one that read as another would never be found again."""
    assert Item.from_line(item.as_line()).as_line() == item.as_line()


@given(ITEMS)
def test_an_item_is_one_line_of_the_closed_list_of_columns(item: Item) -> None:
    line = item.as_line()
    assert "\n" not in line
    assert "\r" not in line
    assert len(decode_line(line)) == len(COLUMNS) == 12


def test_the_line_of_an_item_is_the_one_of_the_documents() -> None:
    item = Item(
        track_id=TrackId("abc123"),
        performer_name="MahName1",
        session_owner=GuestId("xyz456"),
        timestamp_play=1661094171425,
        id=ItemId("4GQ7ZK2M9A"),
        timestamp_added=1661094000000,
        track_duration_ms=Milliseconds(212500),
        status="played",
    )
    line = "abc123,MahName1,xyz456,1661094171425,4GQ7ZK2M9A,1661094000000,212500,0,played,guest,0,1"
    assert item.as_line() == line
    assert Item.from_line(line) == item


@pytest.mark.parametrize("line", ["", "a,b", "a,b,c,,id,1,2,0,queued,guest,0,1,more"])
def test_a_line_with_other_columns_is_no_item(line: str) -> None:
    with pytest.raises(ValueError, match="12 columns"):
        Item.from_line(line)


def test_an_item_that_started_and_was_put_back_is_as_before() -> None:
    item = an_item()
    started = item.started(NOW)
    assert (started.status, started.timestamp_play) == ("playing", NOW)
    assert started.put_back() == item


@pytest.mark.parametrize(("role", "by_host"), [("guest", False), ("helper", False), ("host", True), ("admin", True)])
def test_whose_adds_are_a_hosts(role: str, by_host: bool) -> None:
    assert replace(an_item(), added_by=role).by_host is by_host


# -- mutes -----------------------------------------------------------------------------------------------------


@given(st.none() | TIMES, TEXT)
def test_any_mute_survives_its_text(until_ms: int | None, reason: str) -> None:
    mute = Mute(GuestId("ana"), until_ms, reason)
    assert Mute.from_text(GuestId("ana"), mute.as_text()) == mute


def test_a_mute_holds_until_its_moment() -> None:
    mute = Mute(GuestId("ana"), NOW, "loud")
    assert mute.holds(NOW - 1)
    assert not mute.holds(NOW)


def test_a_mute_without_an_end_holds() -> None:
    assert Mute(GuestId("ana"), None, "loud").holds(10**15)


# -- views -----------------------------------------------------------------------------------------------------


def test_a_view_knows_what_is_over_what_plays_and_what_is_to_come() -> None:
    a, b, c = an_item("A", status="played"), an_item("B", status="playing"), an_item("C")
    view = QueueView(a_queue(Session(state="playing", item_id=b.id), head=2, total=3), (a, b, c), 2, "1-0")
    assert (view.over, view.current, view.to_come) == ((a, b), b, (c,))
    assert view.queue.waiting == 1


def test_a_waiting_item_is_never_the_current_one() -> None:
    a = an_item("A")
    view = QueueView(a_queue(Session(item_id=a.id), waiting=[a]), (a,), 0, "1-0")
    assert view.current is None


@pytest.mark.parametrize(("kind", "limit"), [("demo", 10), ("named", None), ("transient", 500)])
def test_queues_that_anybody_can_make_are_bounded_for_everybody(kind: str, limit: int | None) -> None:
    assert a_queue(kind=kind).kind_limit == limit


# -- sessions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "position_ms", "later_ms", "projected_ms"),
    [
        ("playing", 0, 1500, 1500),
        ("playing", -1000, 400, -600),
        ("playing", 59_000, 5000, 60_000),
        ("paused", 1000, 5000, 1000),
        ("stopped", 0, 5000, 0),
    ],
)
def test_the_position_moves_only_while_playing_and_ends_with_the_track(
    state: str, position_ms: int, later_ms: int, projected_ms: int
) -> None:
    session = Session(
        state=state,  # type: ignore[arg-type]  # the parameter's words
        duration_ms=Milliseconds(60_000),
        position_ms=position_ms,
        position_at_ms=NOW,
    )
    assert session.projected_ms(NOW + later_ms) == projected_ms


def test_a_speaker_is_one_while_its_lease_lasts() -> None:
    session = Session(speaker=DeviceId("kitchen"), lease_until_ms=NOW)
    assert session.has_speaker(NOW - 1)
    assert not session.has_speaker(NOW)
    assert not Session(lease_until_ms=NOW).has_speaker(NOW - 1)
