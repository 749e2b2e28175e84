"""What an add is promised: dry it answers the same as wet, and as many more fit as it says."""

from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.errors import ApiQueueError, QueueFull, RateLimited
from api_queue.queues.changes import Changes
from api_queue.queues.holdings import Holdings
from api_queue.queues.keys import key
from api_queue.queues.limits import limits_of
from api_queue.queues.models import Room
from api_queue.queues.options import Options
from api_queue.queues.points import Purse
from api_queue.queues.promise import Line, adds_left, uncertainty_ms
from api_queue.queues.settings import QueueSettings, iso
from api_queue.types import Milliseconds
from tests.engines.keys import keys_like
from tests.queues.builders import NOW
from tests.queues.party import ADMIN, HOST, Party, X, guest
from tests.queues.test_adding_limits import worker

NOBODY = Line(0, 0)
UNWATCHED = {key(X, "bell"), key(X, "buckets")}
MINUTE = Milliseconds(60_000)


async def dry(party: Party, performer: str = "Ana", **which: Any) -> Any:
    by = which.pop("by", guest())
    return await party.parts.adding.add(X, party.tracks[which.pop("track", 0)], performer, by, dry=True)


# -- how sure the time is --------------------------------------------------------------------------------------


def test_each_item_ahead_may_be_off_by_a_quarter_of_a_minute() -> None:
    assert uncertainty_ms(Line(0, 0), QueueSettings()) == 0
    assert uncertainty_ms(Line(4, 4 * MINUTE), QueueSettings()) == 60_000


def test_in_a_fair_queue_one_more_may_come_in_between_behind_what_comes_soon() -> None:
    fair = QueueSettings(order="fair", coming_soon_count=4)
    assert uncertainty_ms(Line(4, 4 * MINUTE), fair) == 60_000
    assert uncertainty_ms(Line(5, 5 * MINUTE), fair) == 75_000 + MINUTE


async def test_where_no_time_is_promised_none_is_unsure(party: Party) -> None:
    promise = (await party.add()).promise
    assert promise
    assert promise.uncertainty_ms is None


# -- how many more ---------------------------------------------------------------------------------------------


def left(settings: QueueSettings, own: Holdings, line: Line = NOBODY, room: Room | None = None) -> int | None:
    return adds_left(line, own, replace(limits_of(None, settings, ()), room=room), settings, MINUTE, NOW)


def test_without_a_bound_nobody_counts() -> None:
    assert left(QueueSettings(), Holdings()) is None


@pytest.mark.parametrize(
    ("settings", "own", "line", "more"),
    [
        (QueueSettings(max_items=3), Holdings(), Line(1, 0), 2),
        (QueueSettings(max_items=3), Holdings(), Line(5, 0), 0),
        (QueueSettings(max_per_guest=3), Holdings(waiting=1), Line(9, 0), 2),
        (QueueSettings(max_minutes_per_guest=3), Holdings(waiting_ms=30_000), Line(9, 0), 2),
        (QueueSettings(limit_model="points", points_max=4), Holdings(), Line(9, 0), 4),
        (QueueSettings(limit_model="points"), Holdings(purse=Purse(2_999, NOW)), Line(9, 0), 2),
        (QueueSettings(max_items=9, max_per_guest=2), Holdings(waiting=1), Line(1, 0), 1),
    ],
)
def test_the_narrowest_bound_says_how_many(settings: QueueSettings, own: Holdings, line: Line, more: int) -> None:
    assert left(settings, own, line) == more


def test_before_the_end_of_the_event_as_many_fit_as_there_is_time_for() -> None:
    # Given ten minutes, of which two wait with their pauses, and three more are a minute and a quarter each
    room = Room(600_000, 15_000, 1)
    assert left(QueueSettings(), Holdings(), Line(2, 2 * MINUTE), room) == (600_000 - 150_000) // 75_000


async def test_as_many_more_are_taken_as_it_says(party: Party) -> None:
    # Given a queue with an end, where the narrowest bound is not to be seen at once
    await party.set(max_items=9, max_per_guest=6, event_end=iso(NOW + 200_000), track_space=20)
    promise = (await party.add()).promise
    assert promise
    assert promise.adds_left
    for more in reversed(range(promise.adds_left)):
        promise = (await party.add()).promise
        assert promise
        assert promise.adds_left == more
    with pytest.raises(ApiQueueError):
        await party.add()


async def test_a_host_has_no_bound_but_that_of_the_kind_of_queue(party: Party) -> None:
    await party.set(max_items=1)
    promise = (await party.add(by=HOST)).promise
    assert promise
    assert promise.adds_left is None
    made = await party.parts.queues.create("demo", "trial", {}, ADMIN)
    promise = (await party.parts.adding.add(made.queue.name, party.tracks[0], "Ana", ADMIN)).promise
    assert promise
    assert promise.adds_left == 9


# -- dry -------------------------------------------------------------------------------------------------------

SETTINGS: list[dict[str, Any]] = [
    {},
    {"max_items": 5, "max_per_guest": 3, "max_minutes_per_guest": 9, "duplicate_performer_window": 1},
    {"limit_model": "points", "points_max": 7, "event_end": iso(NOW + 3_600_000)},
    {"order": "fair", "coming_soon_count": 1},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("plays", [False, True])
async def test_the_add_is_what_was_promised(party: Party, settings: dict[str, Any], *, plays: bool) -> None:
    # Given a queue with some items of others and of their own
    await party.set(**settings)
    for name in ("bo", "ana", "cleo", "cleo"):
        await party.add(f"{name} {party.clock.ms}", guest(name))
        party.clock.pass_s(1)
    if plays:
        await party.press("play")
    # When a guest asks, and then adds
    promised, done = await dry(party), await party.add()
    # Then the answer is the same but for the id and the revision
    assert done.promise
    assert (promised.position, promised.expected_ms, promised.promise) == (
        done.position,
        done.expected_ms,
        done.promise,
    )
    assert promised.rev == done.rev - 1


async def test_nothing_is_changed_by_asking(party: Party) -> None:
    await party.set(limit_model="points", order="fair")
    await party.add(by=guest("bo"))
    before = await everything(party)
    await dry(party)
    assert await everything(party) == before


async def test_asking_gives_no_token_and_tells_the_one_there_is(party: Party) -> None:
    # Given a queue that is full
    await party.set(limit_model="token", max_items=1)
    await party.add(by=HOST)
    # When a guest asks, then they are refused as they would be, and have no token from that
    with pytest.raises(QueueFull) as refused:
        await dry(party)
    assert "token" not in refused.value.facts
    # When they have been refused and ask again, then their token is told
    with pytest.raises(QueueFull) as told:
        await party.add()
    with pytest.raises(QueueFull) as refused:
        await dry(party)
    assert refused.value.facts == told.value.facts


async def test_asking_in_ones_window_leaves_the_token(party: Party) -> None:
    await party.set(limit_model="token", max_items=1)
    await party.add(by=HOST)
    with pytest.raises(QueueFull):
        await party.add()
    party.clock.pass_s(1200)
    assert (await dry(party)).position == 2
    assert (await party.add()).position == 2


async def test_asking_counts_for_the_rate(party: Party) -> None:
    items = worker(party, ("g:ana", 2, 60_000))
    for _ in range(2):
        await items.add(X, party.tracks[0], "Ana", guest(), dry=True)
    with pytest.raises(RateLimited):
        await items.add(X, party.tracks[0], "Ana", guest())


async def test_on_a_shuffled_queue_no_place_is_promised(party: Party) -> None:
    await party.add_all("ABC")
    await party.parts.options.change(X, Options(shuffle=True))
    asked = await dry(party)
    assert (asked.position, asked.expected_ms) == (None, None)
    assert (await party.add("Dan")).position in range(1, 5)


async def test_a_start_set_by_hand_further_down_delays_no_promise(party: Party) -> None:
    await party.set(coming_soon_count=0, order="fair")
    await party.add("Bo", guest("bo"))
    await party.press("play")
    first, second = await party.add("Bo", guest("bo")), await party.add("Bo", guest("bo"))
    await party.parts.items.edit(X, second.item.id, Changes(timestamp_play=NOW + 10**7), HOST)
    asked, done = await dry(party), await party.add()
    assert (asked.position, asked.expected_ms) == (done.position, done.expected_ms)
    assert asked.expected_ms == first.expected_ms


async def everything(party: Party) -> dict[str, str]:
    """A digest of every key of the queue but the rate, and the mark of what was told just now."""
    redis = party.parts.redis
    keys = await keys_like(redis, "q:{x}:*")
    digest = "return redis.sha1hex(redis.call('DUMP', KEYS[1]))"
    return {each: await redis.call("EVAL", digest, 1, each) for each in keys if each not in UNWATCHED}
