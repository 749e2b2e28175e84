"""KaraKara's buttons on a real queue: what becomes of the list, of what guests paid, and what can be taken back."""

from typing import Any

import pytest

from api_queue.errors import NothingPlaying
from api_queue.queues.changes import Changes
from api_queue.queues.keys import key
from api_queue.queues.options import Options
from api_queue.types import Role
from tests.queues.agreement import check_index
from tests.queues.builders import NOW, names
from tests.queues.night_dump import dump
from tests.queues.party import HOST, Party, X, guest
from tests.queues.test_store_model import follow

ORDERS = ("fifo", "weight", "fair")


async def a_room(party: Party, **settings: Any) -> None:
    await party.set(command_semantics="karakara", **settings)


async def press(party: Party, command: str, by: Role = "host") -> str:
    """The list afterwards, which agrees with what stands beside it."""
    await party.parts.transport.command(X, command, {}, by)
    await check_index(party.parts.redis, X)
    assert follow(await party.events()) == [item.id for item in (await party.view()).items]
    return " ".join(f"{item.performer_name}:{item.status}" for item in (await party.view()).items)


async def kept(party: Party) -> dict[str, Any]:
    """To the byte, but for the session, which stays as it is."""
    all_of_it: dict[str, Any] = await dump(party.parts.redis, X)
    all_of_it["meta"].pop("session")
    return all_of_it


async def beside(party: Party) -> dict[str, Any]:
    """What is kept of what waits, but for the list itself and marks of what is on it."""
    all_of_it = await kept(party)
    for field in ("index", "items", "moves"):
        all_of_it.pop(field)
    all_of_it["meta"].pop("head")
    return all_of_it


async def test_an_evening_of_buttons(party: Party) -> None:
    await a_room(party)
    await party.add_all("ABCD")
    for command, expected in (
        ("seek_forwards", "A:queued B:queued C:queued D:queued"),
        ("skip", "A:skipped B:queued C:queued D:queued"),
        ("play", "A:skipped B:playing C:queued D:queued"),
        ("skip", "A:skipped B:skipped C:queued D:queued"),
        ("play", "A:skipped B:skipped C:playing D:queued"),
        ("stop", "A:skipped B:skipped C:queued D:queued"),
        ("skip", "A:skipped B:skipped C:skipped D:queued"),
        ("undo", "A:skipped B:skipped C:queued D:queued"),
        ("play", "A:skipped B:skipped C:playing D:queued"),
        ("next", "A:skipped B:skipped C:played D:playing"),
        ("skip", "A:skipped B:skipped C:played D:skipped"),
        ("skip", "A:skipped B:skipped C:played D:skipped"),
    ):
        if command == "undo":
            await party.parts.undoing.undo(X, "host")
        else:
            assert await press(party, command) == expected, command


async def test_the_setting_holds_from_the_next_button_on(party: Party) -> None:
    await party.add_all("AB")
    await press(party, "play")
    await press(party, "stop")
    with pytest.raises(NothingPlaying):
        await party.press("seek_forwards")
    await a_room(party)
    assert await press(party, "seek_forwards") == "A:queued B:queued"
    await press(party, "play")
    await party.set(command_semantics="own")
    assert await press(party, "skip") == "A:skipped B:playing"


async def test_what_changes_nothing_costs_no_revision(party: Party) -> None:
    await a_room(party)
    rev = (await party.view()).queue.rev
    for command in ("play", "stop", "skip", "seek_forwards", "seek_backwards"):
        assert (await party.press(command)).rev == rev


async def test_play_again_is_told_with_the_new_start(party: Party) -> None:
    await a_room(party)
    (item_id,) = await party.add_all("A")
    await party.press("play")
    party.clock.pass_s(10)
    queue = await party.press("play")
    items, timeline, command = (await party.events())[-3:]
    assert [event["rev"] for event in (items, timeline, command)] == [queue.rev] * 3
    ((change,), start_ms) = (items["changes"], party.clock.ms + 1000)
    assert (change["op"], change["item"]["id"], change["item"]["timestamp_play"]) == ("update", item_id, start_ms)
    assert timeline["session"]["position_ms"] == -1000


async def test_a_skip_of_what_waits_is_told_as_a_change_of_it_and_as_a_command(party: Party) -> None:
    await a_room(party)
    (item_id, _) = await party.add_all("AB")
    queue = await party.press("skip")
    items, command = (await party.events())[-2:]
    assert [event["rev"] for event in (items, command)] == [queue.rev] * 2
    assert [(c["op"], c["item"]["id"], c["item"]["status"]) for c in items["changes"]] == [
        ("update", item_id, "skipped")
    ]
    assert (command["command"], command["by"]) == ("skip", "host")
    assert (await party.view()).queue.undoable


async def a_night(party: Party, order: str) -> None:
    """Of Ana several songs wait, and others between and behind them; one has been played."""
    await a_room(party, order=order, coming_soon_count=1, limit_model="points", points_max=60)
    for nth, name in enumerate(("Zoe", "Ana", "Bob", "Ana & Cleo", "Bob", "Ana", "Cleo")):
        placed = await party.add(name, guest(name[:3].lower()), track=nth)
        await party.parts.items.edit(X, placed.item.id, Changes(weight=nth + 1), HOST)
        party.clock.pass_s(1)
    await party.press("play")
    party.clock.pass_s(30)
    await party.press("next")
    await party.press("stop")


@pytest.mark.parametrize("order", ORDERS)
async def test_a_skip_of_what_waits_costs_nobody_a_turn_or_a_point(party: Party, order: str) -> None:
    # Given what a host who takes the first song off leaves behind, taken back again
    await a_night(party, order)
    await press(party, "skip")
    first = (await party.view()).to_come[0]
    await party.parts.items.remove(X, first.id, HOST)
    removed, waiting = await beside(party), await party.waiting()
    await party.parts.undoing.undo(X, "host")
    # When the same song is skipped before it began
    await press(party, "skip")
    # Then the same waits in the same order, and turns and points are the same
    assert await party.waiting() == waiting
    assert await beside(party) == removed


@pytest.mark.parametrize("order", ORDERS)
async def test_what_was_skipped_before_it_began_is_back_to_the_byte(party: Party, order: str) -> None:
    await a_night(party, order)
    before = []
    for _ in range(3):
        before.append(await kept(party))
        await press(party, "skip")
        party.clock.pass_s(2)
    for wanted in reversed(before):
        undone = await party.parts.undoing.undo(X, "host")
        assert undone.sentence.endswith("next again.")
        assert await kept(party) == wanted
        await check_index(party.parts.redis, X)


async def test_what_was_skipped_is_back_in_front_of_what_came_meanwhile(party: Party) -> None:
    await a_room(party)
    await party.add_all("AB")
    await press(party, "skip")
    await party.add("C")
    await party.parts.undoing.undo(X, "host")
    assert await party.waiting() == ["A", "B", "C"]


@pytest.mark.parametrize("order", ["fifo", "fair"])
async def test_of_a_paused_performer_the_song_is_not_the_next_and_stays(party: Party, order: str) -> None:
    await a_room(party, order=order)
    for name in ("Ana", "Bob", "Cleo"):
        await party.add(name, guest(name))
    await party.parts.turn_taking.pause(X, "Ana")
    before = await kept(party)
    assert await press(party, "skip") == "Bob:skipped Ana:queued Cleo:queued"
    await party.parts.undoing.undo(X, "host")
    assert names((await party.view()).items) == ["Ana", "Bob", "Cleo"]
    assert await kept(party) == before


async def test_a_start_set_by_hand_goes_with_what_is_skipped_and_comes_back_with_it(party: Party) -> None:
    await a_room(party)
    placed = await party.add()
    await party.parts.items.edit(X, placed.item.id, Changes(timestamp_play=NOW + 60_000), HOST)
    before = await kept(party)
    assert await press(party, "skip") == "Ana:skipped"
    view = await party.view()
    assert (view.queue.fixed, view.items[0].timestamp_play) == (0, None)
    await party.parts.undoing.undo(X, "host")
    assert await kept(party) == before


async def test_what_never_began_is_in_no_window_and_on_no_setlist(party: Party) -> None:
    await a_room(party, duplicate_track_window=60)
    await party.add()
    await press(party, "skip")
    assert await party.parts.redis.call("EXISTS", key(X, "played")) == 0
    assert [item.status for item in await party.parts.queues.history(X)] == ["skipped"]
    assert (await party.add()).position == 1


async def test_a_skip_stops_the_music_also_where_a_fallback_would_go_on(party: Party) -> None:
    await a_room(party, fallback={"tracks": [party.tracks[1]]})
    await party.add_all("A")
    await press(party, "play")
    assert await press(party, "skip") == "A:skipped"


async def test_a_seek_beyond_the_last_song_goes_on_with_the_fallback(party: Party) -> None:
    await a_room(party, fallback={"tracks": [party.tracks[1]]})
    placed = await party.add()
    await press(party, "play")
    party.clock.pass_s(placed.item.track_duration_ms / 1000)
    assert await press(party, "seek_forwards") == "Ana:played Fallback:playing"
    assert (await party.view()).queue.session.position_ms == -15_000


@pytest.mark.parametrize(
    ("performers", "expected"), [("A", "A:playing"), ("AB", "A:played B:playing"), ("BA", "B:played A:playing")]
)
async def test_a_seek_beyond_the_end_of_what_is_repeated_begins_it_again(
    party: Party, performers: str, expected: str
) -> None:
    await a_room(party)
    await party.add_all(performers)
    await party.parts.options.change(X, Options(repeat_mode="all"))
    await press(party, "play")
    party.clock.pass_s(600)
    assert await press(party, "seek_forwards") == expected
    assert (await party.view()).queue.session.position_ms == -15_000


async def test_a_skip_is_worked_out_again_when_the_first_song_went_meanwhile(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_room(party)
    (a, _) = await party.add_all("AB")
    store = party.parts.queue_store
    write = store.transition

    async def once_too_late(*args: Any) -> Any:
        monkeypatch.undo()
        await party.parts.items.remove(X, a, HOST)
        return await write(*args)

    monkeypatch.setattr(store, "transition", once_too_late)
    assert await press(party, "skip") == "B:skipped"
