"""The transport on a real queue: what each command tells, races, the end of a track, which device is the speaker."""

from typing import Any

import pytest

from api_queue.errors import (
    BadBody,
    BadSeek,
    NothingPlaying,
    QueueMoved,
    UnknownCommand,
    UnknownItem,
    UnknownQueue,
)
from api_queue.queues import wire
from api_queue.queues.changes import Changes
from api_queue.queues.session import Candidate
from api_queue.queues.transport import RULES
from api_queue.queues.turns import TRIES
from api_queue.types import DeviceId, QueueName
from tests.queues.agreement import check_index
from tests.queues.builders import NOW
from tests.queues.night_dump import dump
from tests.queues.party import HOST, Party, X, guest

KITCHEN, GARDEN = DeviceId("kitchen"), DeviceId("garden")
LEASE_MS = 15_000


async def told(party: Party, command: str, **args: Any) -> list[dict[str, Any]]:
    """The events of one command."""
    before = len(await party.events())
    await party.press(command, **args)
    return (await party.events())[before:]


async def statuses(party: Party) -> str:
    return " ".join(f"{item.performer_name}:{item.status}" for item in (await party.view()).items)


# -- what is told ----------------------------------------------------------------------------------------------


async def test_play_tells_the_item_the_session_and_the_command_in_one_revision(party: Party) -> None:
    # Given one waiting item
    placed = await party.add("Ana")
    # When the host presses play
    events = await told(party, "play")
    # Then three events of one revision say so, the item first
    queue = (await party.view()).queue
    head = {"rev": placed.rev + 1, "ts": NOW}
    started = placed.item.started(NOW + 1000)
    assert events == [
        {
            **head,
            "name": "items_change",
            "type": "queue",
            "changes": [{"op": "update", "item": wire.item_json(started)}],
        },
        {**head, "name": "timeline_update", "type": "timeline", "session": wire.session_notice(queue.session)},
        {**head, "name": "command", "type": "queue", "command": "play", "by": "host", "args": {}},
    ]
    assert queue.rev == placed.rev + 1


@pytest.mark.parametrize("command", ["pause", "toggle", "restart", "seek_forwards", "seek_backwards"])
async def test_what_touches_no_item_tells_no_items(party: Party, command: str) -> None:
    await party.add()
    await party.press("play")
    party.clock.pass_s(3)
    assert [event["name"] for event in await told(party, command)] == ["timeline_update", "command"]


@pytest.mark.parametrize(("command", "left_as"), [("next", "played"), ("skip", "skipped"), ("stop", "queued")])
async def test_leaving_an_item_tells_what_became_of_it(party: Party, command: str, left_as: str) -> None:
    (a,) = await party.add_all("A")
    await party.press("play")
    items, timeline, _ = await told(party, command)
    (change,) = items["changes"]
    assert (change["op"], change["item"]["id"], change["item"]["status"]) == ("update", a, left_as)
    assert (timeline["session"]["play_state"], timeline["session"]["item_id"]) == ("stopped", None)


async def test_going_on_tells_the_old_item_before_the_new_one(party: Party) -> None:
    a, b = await party.add_all("AB")
    await party.press("play")
    items, timeline, _ = await told(party, "next")
    assert [(c["item"]["id"], c["item"]["status"]) for c in items["changes"]] == [(a, "played"), (b, "playing")]
    assert (timeline["session"]["item_id"], timeline["session"]["position_ms"]) == (b, -15_000)


async def test_a_command_is_told_with_what_it_was_given(party: Party) -> None:
    await party.add()
    await party.press("play")
    event = (await told(party, "seek", position_ms=5000))[-1]
    assert (event["command"], event["by"], event["args"]) == ("seek", "host", {"position_ms": 5000})


async def test_what_a_command_does_not_know_is_not_told(party: Party) -> None:
    await party.add()
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    for command, known in (("play", {}), ("seek", {"position_ms": 5000})):
        event = (await told(party, command, position_ms="5000", deep=deep, large="x" * 60_000))[-1]
        assert (event["command"], event["args"]) == (command, known)


async def test_a_track_that_ends_by_itself_is_nobodys_command(party: Party) -> None:
    (a,) = await party.add_all("A")
    await party.press("play")
    before = len(await party.events())
    await party.parts.transport.over(X, a, "played")
    assert [event["name"] for event in (await party.events())[before:]] == ["items_change", "timeline_update"]


@pytest.mark.parametrize("command", ["pause", "stop", "next", "skip", "prev", "play", "toggle", "play_one"])
async def test_on_an_empty_queue_a_button_does_nothing(party: Party, command: str) -> None:
    rev = (await party.view()).queue.rev
    assert await told(party, command) == []
    assert (await party.view()).queue.rev == rev


# -- what is done ----------------------------------------------------------------------------------------------


async def test_an_evening_of_buttons_leaves_the_list_and_its_sums_agreeing(party: Party) -> None:
    await party.add_all("ABCD")
    for command, expected in (
        ("play", "A:playing B:queued C:queued D:queued"),
        ("skip", "A:skipped B:playing C:queued D:queued"),
        ("prev", "A:playing B:queued C:queued D:queued"),
        ("next", "A:played B:playing C:queued D:queued"),
        ("stop", "A:played B:queued C:queued D:queued"),
        ("play_one", "A:played B:playing C:queued D:queued"),
        ("next", "A:played B:played C:queued D:queued"),
        ("toggle", "A:played B:played C:playing D:queued"),
        ("toggle", "A:played B:played C:playing D:queued"),
    ):
        await party.press(command)
        assert await statuses(party) == expected, command
        await check_index(party.parts.redis, X)
    assert (await party.view()).queue.session.state == "paused"


async def test_a_command_answers_the_queue_as_it_is_afterwards(party: Party) -> None:
    await party.add()
    answered = await party.press("play")
    stored = (await party.view()).queue
    assert (answered.rev, answered.session, answered.changed_at_ms) == (stored.rev, stored.session, NOW)


async def test_prev_does_not_go_back_to_what_was_cleared_away_by_a_trim(party: Party) -> None:
    await party.set(history_length=0)
    await party.add_all("AB")
    await party.press("play")
    await party.press("next")
    await party.parts.queues.trim(X)
    await party.press("prev")
    assert await statuses(party) == "B:playing"


async def test_a_start_set_by_hand_is_used_up_by_playing(party: Party) -> None:
    # Given an item that may not start before a minute from now
    placed = await party.add()
    await party.parts.items.edit(X, placed.item.id, Changes(timestamp_play=NOW + 60_000), HOST)
    # When play is pressed, then it is announced for that time, and no item is fixed any more
    session = (await party.press("play")).session
    assert session.position_ms == -60_000
    assert (await party.view()).queue.fixed == 0
    await check_index(party.parts.redis, X)


@pytest.mark.parametrize("position_ms", [None, "soon", [], float("inf"), "9" * 5000])
async def test_a_seek_needs_a_number(party: Party, position_ms: object) -> None:
    await party.add()
    await party.press("play")
    for args in ({}, {"position_ms": position_ms}):
        with pytest.raises(BadBody, match="position_ms"):
            await party.press("seek", **args)


async def test_a_seek_past_the_track_names_its_length(party: Party) -> None:
    placed = await party.add()
    await party.press("play")
    with pytest.raises(BadSeek) as refused:
        await party.press("seek", position_ms=placed.item.track_duration_ms + 1)
    assert refused.value.facts["duration_ms"] == placed.item.track_duration_ms


@pytest.mark.parametrize("command", ["seek", "restart", "seek_forwards", "seek_backwards"])
async def test_nothing_can_be_sought_where_nothing_plays(party: Party, command: str) -> None:
    with pytest.raises(NothingPlaying):
        await party.press(command, position_ms=0)


async def test_an_unknown_command_is_told_which_there_are(party: Party) -> None:
    with pytest.raises(UnknownCommand) as refused:
        await party.press("dance")
    for known in (*RULES, "seek", "open", "close", "clear"):
        assert known in refused.value.detail


async def test_a_command_of_an_unknown_queue_is_an_unknown_queue(party: Party) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.transport.command(QueueName("nowhere"), "play", {}, "host")


# -- races -----------------------------------------------------------------------------------------------------


async def test_a_command_is_worked_out_again_when_the_queue_moved(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that the first item is removed while play is worked out
    a, b = await party.add_all("AB")
    store = party.parts.queue_store
    write = store.transition

    async def once_too_late(*args: Any) -> Any:
        monkeypatch.undo()
        await party.parts.items.remove(X, a, HOST)
        return await write(*args)

    monkeypatch.setattr(store, "transition", once_too_late)
    # When play is pressed, then the other one plays
    assert (await party.press("play")).session.item_id == b
    assert await statuses(party) == "B:playing"


@pytest.mark.parametrize("verb", ["play", "claim"])
async def test_a_race_that_is_always_lost_is_told(party: Party, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    await party.add()
    tries = 0

    async def lost(*_: object) -> None:
        nonlocal tries
        tries += 1

    monkeypatch.setattr(party.parts.queue_store, "transition", lost)
    kitchen = Candidate(KITCHEN, "The kitchen", connected=True)
    done = party.press("play") if verb == "play" else party.parts.speakers.claim(X, kitchen, if_free=False)
    with pytest.raises(QueueMoved):
        await done
    assert tries == TRIES


async def test_one_item_is_skipped_as_by_the_command(party: Party) -> None:
    first, second = await party.add_all("AB")
    await party.press("play")

    queue = await party.parts.transport.skip(X, first, "host")

    assert (queue.session.item_id, queue.undoable and queue.undoable.verb) == (second, "skip")


async def test_what_plays_no_more_is_not_skipped(party: Party) -> None:
    """Given that the host was faster, when the owner of the song before skips it, then the next one plays on."""
    first, second = await party.add_all("AB")
    await party.press("play")
    await party.press("skip")

    with pytest.raises(UnknownItem):
        await party.parts.transport.skip(X, first, "guest")
    assert (await party.parts.queues.queue(X)).session.item_id == second


async def test_a_skip_by_its_owner_is_not_for_the_host_to_take_back(party: Party) -> None:
    (item_id,) = await party.add_all("A")
    await party.press("play")

    queue = await party.parts.transport.skip(X, item_id, "guest")

    assert queue.undoable is None


async def ledger(party: Party) -> dict[str, Any]:
    """What songs have cost, and which may not come again soon."""
    night: dict[str, Any] = await dump(party.parts.redis, X)
    return {part: night[part] for part in ("turns", "points", "played")}


@pytest.mark.parametrize(("seconds", "is_sung"), [(0, False), (10, True)])
async def test_who_takes_their_own_song_off_once_it_is_heard_has_had_their_turn(
    party: Party, seconds: int, is_sung: bool
) -> None:
    """Else a song would be free for whoever leaves it just before its end."""
    rules = {"coming_soon_count": 0, "limit_model": "points", "points_max": 60, "duplicate_track_window": 60}
    await party.set(order="fair", command_semantics="karakara", **rules)
    placed = [await party.add(name, guest(name), track=nth) for nth, name in enumerate(("ana", "bo", "bo", "ana"))]
    await party.press("play")
    party.clock.pass_s(seconds)
    before, order = await ledger(party), await party.waiting()

    await party.parts.transport.skip(X, placed[0].item.id, "guest")

    assert (await ledger(party) == before) == is_sung
    assert (await party.waiting() == order) == is_sung
