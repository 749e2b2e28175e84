"""What should sound, also before the server has heard of an end."""

from api_queue.clients.speaker.plan import Over, ahead, plan, wanted
from api_queue.clients.speaker.room import Room
from api_queue.clients.speaker.wire import Item, Session
from api_queue.types import ItemId, TrackId


def an_item(name: str, **changes: object) -> Item:
    return Item(id=ItemId(name), track_id=TrackId(f"track-{name}"), **changes)  # type: ignore[arg-type]


def a_room(*names: str, space_ms: int = 2_000, **changes: object) -> Room:
    """The first of `names` plays since 1,000."""
    first, *others = names
    session = Session(
        play_state="playing",
        item_id=ItemId(first),
        track_id=TrackId(f"track-{first}"),
        position_at_ms=1_000,
        **changes,  # type: ignore[arg-type]
    )
    items = (an_item(first, status="playing"), *map(an_item, others))
    return Room(session, items, 1, space_ms)


def ended(name: str, at_ms: int, reason: str | None = None) -> Over:
    return Over(ItemId(name), 1, at_ms, reason)


def test_a_position_is_of_the_file_and_counts_by_tempo() -> None:
    found = plan(a_room("A", tempo=1.5))

    assert found is not None
    assert found.media_ms(3_000) == 3_000


def test_a_paused_session_stays_where_it_is() -> None:
    session = Session(
        play_state="paused", item_id=ItemId("A"), track_id=TrackId("a"), position_ms=700, position_at_ms=5
    )
    found = plan(Room(session))

    assert found is not None
    assert found.media_ms(99_999) == 700


def test_of_a_stopped_session_nothing_sounds() -> None:
    assert plan(Room()) is None


def test_after_an_end_the_next_item_starts_when_the_space_is_over() -> None:
    found = plan(ahead(a_room("A", "B"), [ended("A", 60_000)]))

    assert found is not None
    assert (found.item_id, found.media_ms(62_000)) == ("B", 0)


def test_an_outage_is_gone_through_track_by_track() -> None:
    found = plan(ahead(a_room("A", "B", "C"), [ended("A", 60_000), ended("B", 90_000, "damaged")]))

    assert found is not None
    assert (found.item_id, found.media_ms(92_500)) == ("C", 500)


def test_what_is_over_does_not_come_again_in_a_long_outage() -> None:
    """Given a server that has heard of no end, and so lists B as waiting; C is followed by D, not by B."""
    over = [ended(name, 60_000 + 30_000 * number) for number, name in enumerate("ABC")]

    found = plan(ahead(a_room("A", "B", "C", "D"), over))

    assert found is not None
    assert found.item_id == "D"
    assert plan(ahead(a_room("A", "B", "C"), over)) is None


def test_an_end_that_the_server_knows_changes_nothing() -> None:
    room = a_room("B", "C")

    assert ahead(room, [ended("A", 60_000)]) == room


def test_a_server_that_goes_on_with_what_is_over_here_makes_nobody_hear_it_twice() -> None:
    """Given an outage after which the server resumes A where it last heard of it; until it has the report, B plays."""
    later = a_room("A", "B", position_ms=30_000)

    found = plan(ahead(later, [ended("A", 60_000)]))

    assert found is not None
    assert found.item_id == "B"


def test_one_that_repeats_begins_again_and_the_server_s_word_for_it_moves_nothing() -> None:
    room = ahead(a_room("A", "B", repeat_mode="one"), [ended("A", 60_000)])

    assert ahead(room, [ended("A", 60_000)]) == room
    found = plan(room)
    assert found is not None
    assert (found.item_id, found.media_ms(62_000)) == ("A", 0)


def test_what_could_not_be_played_is_not_repeated() -> None:
    found = plan(ahead(a_room("A", "B", repeat_mode="one"), [ended("A", 60_000, "damaged")]))

    assert found is not None
    assert found.item_id == "B"


def test_after_the_last_one_and_after_play_one_it_is_silent() -> None:
    assert plan(ahead(a_room("A"), [ended("A", 60_000)])) is None
    assert plan(ahead(a_room("A", "B", stop_after=True), [ended("A", 60_000)])) is None


def test_a_start_set_by_hand_is_waited_for() -> None:
    room = a_room("A")
    room = Room(room.session, (*room.items, an_item("B", timestamp_play=80_000)), 1, 2_000)

    found = plan(ahead(room, [ended("A", 60_000)]))

    assert found is not None
    assert found.media_ms(80_000) == 0


def test_the_current_track_and_the_next_two_are_wanted_in_that_order() -> None:
    assert wanted(a_room("A", "B", "C", "D")) == ("track-A", "track-B", "track-C")
