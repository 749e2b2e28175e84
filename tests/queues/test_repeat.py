"""Repeat at its boundaries: as rules over every evening of buttons, and on a real queue."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import UnknownQueue
from api_queue.queues import transitions, wire
from api_queue.queues.models import Item
from api_queue.queues.options import Options
from api_queue.queues.session import Session
from api_queue.queues.transitions import Stage, Step
from api_queue.types import ItemId, ItemStatus, QueueName, RepeatMode
from tests.queues.agreement import check_index
from tests.queues.builders import NOW, an_item, names
from tests.queues.party import HOST, Party, X
from tests.queues.test_store_model import follow

#: What can happen to a queue, as functions of its stage and the time.
HAPPENINGS: Final[dict[str, Any]] = {
    "ended": lambda stage, now_ms: transitions.ended(stage, now_ms, "played"),
    "failed": lambda stage, now_ms: transitions.ended(stage, now_ms, "failed"),
    "time is over": transitions.end,
    "next": transitions.next_track,
    "skip": lambda stage, now_ms: transitions.go_on(stage, now_ms, "skipped"),
    "prev": transitions.prev,
    "stop": transitions.stop,
    "play": transitions.play,
}
MODES = st.sampled_from(["off", "one", "all"])


def the_stage(items: list[Item], session: Session) -> Stage:
    """As `transport` sees a whole list."""
    over = [item for item in items if item.status != "queued"]
    following = next((item for item in items if item.status == "queued"), None)
    current = over.pop() if over and over[-1].id == session.item_id else None
    previous = over[-1] if over and current else None
    return Stage(session, previous, current, following, 15_000, tuple(over))


def written(items: list[Item], step: Step) -> list[Item]:
    """Each change finds the item as it was before it, as the script asks."""
    for before, after in step.changed:
        assert before is not None
        items = [*items]
        items[items.index(before)] = after
    return items


# -- the rules -------------------------------------------------------------------------------------------------


@given(
    st.integers(0, 4),
    st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), MODES, st.integers(0, 90_000)), max_size=30),
)
def test_whatever_happens_no_item_is_lost_or_doubled_and_all_keep_their_order(
    many: int, evening: list[tuple[str, RepeatMode, int]]
) -> None:
    items, session, now_ms = [an_item(str(n)) for n in range(many)], Session(), NOW
    order = [item.id for item in items]
    for happening, mode, later_ms in evening:
        now_ms += later_ms
        session = replace(session, repeat_mode=mode)
        step = HAPPENINGS[happening](the_stage(items, session), now_ms)
        items, session = written(items, step), step.session
        assert [item.id for item in items] == order
        waits = [item.status == "queued" for item in items]
        assert waits == sorted(waits)
        playing = [item.id for item in items if item.status == "playing"]
        assert playing == ([session.item_id] if session.item_id else [])
        assert (session.state == "stopped") == (session.item_id is None)


@given(st.lists(st.sampled_from(["ended", "failed", "skip", "next"]), min_size=1, max_size=5))
def test_a_round_begins_again_in_its_order_unless_none_of_it_could_be_played(fates: list[str]) -> None:
    items, session = [an_item(str(n)) for n in range(len(fates))], Session(repeat_mode="all")
    now_ms, heard = NOW, []
    for fate in ["play", *fates, "next"]:
        step = HAPPENINGS[fate](the_stage(items, session), now_ms)
        items, session, now_ms = written(items, step), step.session, now_ms + 100_000
        heard.append(session.item_id)
    order = [item.id for item in items]
    if set(fates) == {"failed"}:
        assert heard[len(fates) :] == [None, None]
    else:
        assert heard == [*order, order[0], order[1 % len(order)]]


@pytest.mark.parametrize("leave_as", ["played", "failed"])
def test_one_alone_is_repeated_for_ever_but_not_when_it_fails(leave_as: ItemStatus) -> None:
    item = an_item().started(NOW - 60_000)
    for mode in ("one", "all"):
        session = Session(state="playing", item_id=item.id, repeat_mode=mode)
        step = transitions.ended(the_stage([item], session), NOW, leave_as)
        (after,) = written([item], step)
        assert after == (item.started(NOW + 15_000) if leave_as == "played" else replace(item, status="failed"))


def test_it_begins_again_a_pause_after_it_ended() -> None:
    item = an_item().started(NOW - 70_000)
    session = Session(state="playing", item_id=item.id, repeat_mode="one")
    step = transitions.ended(the_stage([item], session), NOW, "played", NOW - 4_000)
    assert step.changed == ((item, item.started(NOW + 11_000)),)
    assert step.session.projected_ms(NOW) == -11_000


def test_what_has_not_begun_has_not_ended() -> None:
    item = an_item().started(NOW + 1)
    session = Session(state="playing", item_id=item.id, repeat_mode="one")
    assert transitions.ended(the_stage([item], session), NOW, "played") == Step(session)


def test_play_one_plays_it_once_whatever_the_mode() -> None:
    item, other = an_item().started(NOW - 60_000), an_item()
    for mode in ("off", "one", "all"):
        session = Session(state="playing", item_id=item.id, repeat_mode=mode, stop_after=True)
        step = transitions.ended(the_stage([item, other], session), NOW, "played")
        assert (step.session.state, step.changed) == ("stopped", ((item, replace(item, status="played")),))


@given(MODES)
def test_an_explicit_next_moves_on_also_from_one_that_is_repeated(mode: RepeatMode) -> None:
    item, other = an_item().started(NOW), an_item()
    session = Session(state="playing", item_id=item.id, repeat_mode=mode)
    assert transitions.next_track(the_stage([item, other], session), NOW).session.item_id == other.id


@pytest.mark.parametrize("mode", ["off", "one"])
def test_next_at_the_end_changes_nothing(mode: RepeatMode) -> None:
    item = an_item().started(NOW)
    session = Session(state="playing", item_id=item.id, repeat_mode=mode)
    assert transitions.next_track(the_stage([item], session), NOW) == Step(session)


# -- on a real queue -------------------------------------------------------------------------------------------


async def repeating(party: Party, performers: str, mode: RepeatMode) -> list[ItemId]:
    """And the first of them plays."""
    ids = []
    for performer in performers:
        ids.append((await party.add(performer, HOST)).item.id)
        party.clock.pass_s(1)
    await party.parts.options.change(X, Options(repeat_mode=mode))
    await party.press("play")
    return ids


async def over(party: Party, leave_as: ItemStatus = "played") -> str:
    """The current item is over; who plays then."""
    party.clock.pass_s(500)
    current = (await party.view()).queue.session.item_id
    assert current
    await party.parts.transport.over(X, current, leave_as)
    await check_index(party.parts.redis, X)
    playing = (await party.view()).current
    return playing.performer_name if playing else "-"


async def test_a_round_begins_again_as_one_revision(party: Party) -> None:
    await repeating(party, "ABC", "all")
    assert "".join([await over(party), await over(party, "failed")]) == "BC"
    rev, told = (await party.view()).queue.rev, len(await party.events())
    assert await over(party) == "A"
    view = await party.view()
    assert [(i.performer_name, i.status, i.timestamp_play is None) for i in view.items] == [
        ("A", "playing", False),
        ("B", "queued", True),
        ("C", "queued", True),
    ]
    events = (await party.events())[told:]
    assert [(event["name"], event["rev"]) for event in events] == [
        ("items_change", rev + 1),
        ("timeline_update", rev + 1),
    ]
    assert events[1]["session"] == wire.session_notice(view.queue.session)
    assert follow(await party.events()) == [item.id for item in view.items]


async def test_round_after_round_it_is_the_same_order_also_when_shuffled(party: Party) -> None:
    await repeating(party, "ABCDE", "all")
    await party.parts.options.change(X, Options(shuffle=True))
    first = ["A"] + [await over(party) for _ in range(4)]
    second = [await over(party) for _ in range(5)]
    assert sorted(first) == list("ABCDE")
    assert second == first


async def test_prev_walks_back_through_a_shuffled_round_and_next_forth_again(party: Party) -> None:
    await repeating(party, "ABCDE", "off")
    await party.parts.options.change(X, Options(shuffle=True))
    forth = ["A"]
    for _ in range(4):
        await party.press("next")
        forth += [i.performer_name for i in (await party.view()).items if i.status == "playing"]
    back = []
    for _ in range(5):
        await party.press("prev")
        back += [i.performer_name for i in (await party.view()).items if i.status == "playing"]
    assert back == [*forth[3::-1], "A"]
    assert await party.waiting() == forth[1:]
    await check_index(party.parts.redis, X)


async def test_a_round_in_which_everything_failed_ends_the_music(party: Party) -> None:
    await repeating(party, "AB", "all")
    assert [await over(party, "failed") for _ in range(2)] == ["B", "-"]
    assert [item.status for item in (await party.view()).items] == ["failed", "failed"]


async def test_play_begins_a_round_again_that_had_ended_before_it_was_to_be_repeated(party: Party) -> None:
    await repeating(party, "AB", "off")
    assert [await over(party) for _ in range(2)] == ["B", "-"]
    await party.parts.options.change(X, Options(repeat_mode="all"))
    await party.press("play")
    assert [(i.performer_name, i.status) for i in (await party.view()).items] == [("A", "playing"), ("B", "queued")]
    await check_index(party.parts.redis, X)


@pytest.mark.parametrize("mode", ["one", "all"])
@pytest.mark.parametrize("at_ms", [None, NOW + 60_000])
async def test_one_alone_is_repeated_and_an_end_said_twice_is_one(
    party: Party, mode: RepeatMode, at_ms: int | None
) -> None:
    # Given one item that comes again and again, without a pause
    await party.set(track_space=0)
    (item_id,) = await repeating(party, "A", mode)
    party.clock.pass_s(60)
    # When its end is told
    queue = await party.parts.transport.over(X, item_id, "played", ended_at_ms=at_ms)
    assert queue.session.item_id == item_id
    # Then telling it again does not begin it again
    assert (await party.parts.transport.over(X, item_id, "played", ended_at_ms=at_ms)).rev == queue.rev


async def test_nobody_is_promised_a_time_while_one_is_repeated(party: Party) -> None:
    await repeating(party, "AB", "one")
    placed = await party.add("C", HOST)
    shown = wire.items_json(await party.view(), party.clock.now_ms())
    assert [placed.expected_ms, *(item["timestamp_expected"] for item in shown)] == [None] * 4


async def test_who_sings_again_has_just_sung(party: Party) -> None:
    """The windows between two performances of a track count from the last of them."""
    await party.set(duplicate_track_window=10)
    await repeating(party, "A", "all")
    assert await over(party) == "A"
    begun = await party.parts.redis.call("HGETALL", f"q:{{{X}}}:played")
    assert set(map(int, begun.values())) == {(await party.view()).items[0].timestamp_play}


async def test_what_will_come_again_does_not_go_to_the_history(party: Party) -> None:
    await party.set(history_length=0)
    await repeating(party, "ABC", "all")
    await over(party)
    await party.parts.queues.trim(X)
    assert names((await party.view()).items) == list("ABC")
    await party.parts.options.change(X, Options(repeat_mode="off"))
    await party.parts.queues.trim(X)
    assert names((await party.view()).items) == list("BC")


async def test_a_player_presses_next_at_the_end_in_vain_where_a_remote_control_ends_the_music(party: Party) -> None:
    await repeating(party, "A", "off")
    rev = (await party.view()).queue.rev
    assert (await party.parts.transport.next(X, "host")).rev == rev
    assert (await party.press("next")).session.state == "stopped"
    with pytest.raises(UnknownQueue):
        await party.parts.transport.next(QueueName("nowhere"), "host")
