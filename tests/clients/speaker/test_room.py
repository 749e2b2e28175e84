"""What the feeds tell, and what is late."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.speaker.room import (
    Room,
    changed,
    of_snapshot,
    with_delta,
    with_items,
    with_session,
    with_settings,
)
from api_queue.clients.speaker.wire import Change, Delta, Item, Items, QueueSettings, Session, Snapshot
from api_queue.types import ItemId, TrackId


def an_item(name: str) -> Item:
    return Item(id=ItemId(name), track_id=TrackId(name))


def names(items: tuple[Item, ...]) -> str:
    return "".join(item.id for item in items)


ABC = tuple(map(an_item, "ABC"))


def test_changes_are_applied_in_their_order() -> None:
    after = changed(
        ABC,
        [
            Change("add", item=an_item("D"), before=ItemId("A")),
            Change("move", id=ItemId("A")),
            Change("remove", id=ItemId("B")),
            Change("update", item=Item(id=ItemId("C"), track_id=TrackId("other"))),
        ],
    )

    assert names(after) == "DCA"
    assert after[1].track_id == "other"


@given(st.lists(st.sampled_from("ABCDEF")), st.sampled_from("ABCDEF"))
def test_an_add_that_is_there_already_replaces(rest: list[str], name: str) -> None:
    once = changed(tuple(map(an_item, dict.fromkeys(rest))), [Change("add", item=an_item(name))])

    assert changed(once, [Change("add", item=an_item(name))]) == once
    assert names(once).count(name) == 1


def test_what_names_nothing_that_is_there_changes_nothing() -> None:
    assert changed(ABC, [Change("remove", id=ItemId("X")), Change("move", id=ItemId("X")), Change("add")]) == ABC


def test_what_comes_late_is_dropped() -> None:
    room = with_items(with_session(Room(), Session(revision=5, volume=50)), Items(5, ABC))

    assert with_session(room, Session(revision=4, volume=90)) == room
    assert with_items(room, Items(4, ())) == room


def test_an_event_brings_what_it_carries() -> None:
    room = with_delta(Room(items=ABC), Delta(7, session=Session(volume=30), settings=QueueSettings(track_space=1.5)))

    assert (room.session.volume, room.session.revision, room.track_space_ms, room.items) == (30, 7, 1500, ABC)


def test_a_snapshot_replaces_everything_also_what_was_newer() -> None:
    """As after a server that came back from an older copy of its data."""
    room = with_settings(with_session(Room(items=ABC, items_rev=9), Session(revision=9)), QueueSettings(4))

    fresh = of_snapshot(room, Snapshot(3, ABC[:1], QueueSettings(2), Session()))

    assert (names(fresh.items), fresh.session.revision, fresh.track_space_ms) == ("A", 3, 2000)


def test_a_snapshot_that_was_overtaken_by_an_answer_does_not_bring_back_what_is_over() -> None:
    room = with_session(Room(), Session(revision=9, item_id=ItemId("B"), position_at_ms=5_000))
    taken_before = Snapshot(8, ABC, QueueSettings(2), Session(item_id=ItemId("A")), ts=4_990)

    assert of_snapshot(room, taken_before).session.item_id == "B"


def test_what_waits_stands_behind_the_current_item_and_what_is_over_is_passed() -> None:
    over = Item(id=ItemId("O"), track_id=TrackId("O"), status="played")

    assert names(Room(Session(item_id=ItemId("A")), (over, *ABC)).following) == "BC"


def test_what_stands_back_does_not_follow() -> None:
    sung = [Item(id=ItemId(name), track_id=TrackId(name), performer_name=name) for name in ("Ana & Bo", "Bo", "Cleo")]
    music = Item(id=ItemId("M"), track_id=TrackId("M"), performer_name="Fallback", added_by="server")
    room = with_items(Room(), Items(1, (music, *sung)))
    assert [item.id for item in room.following] == ["Ana & Bo", "Bo", "Cleo"]
    paused = with_delta(room, Delta(2, paused=("BO",)))
    assert [item.id for item in paused.following] == ["Cleo"]
    assert with_delta(paused, Delta(3, paused=())).following == room.following
