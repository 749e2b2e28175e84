"""The hub: a snapshot and then every change, for many at once; the slow start anew."""

import asyncio

import pytest

from api_queue.drivers.redis import Redis
from api_queue.errors import Unavailable, UnknownQueue
from api_queue.stream import hub as hub_module
from api_queue.stream import listener as listener_module
from api_queue.stream.hub import Hub
from api_queue.stream.models import Page
from api_queue.stream.store import RedisEventLog
from api_queue.types import QueueName
from tests.stream.conftest import Beacons
from tests.stream.queues import Queues
from tests.stream.screens import Screen
from tests.stream.waiting import eventually

PARTY = QueueName("party")


async def test_a_snapshot_comes_first_and_then_every_change(hub: Hub, queues: Queues) -> None:
    # Given a queue that has changed twice
    await queues.create(PARTY)
    await queues.change(PARTY)
    # When a screen joins and two more changes come
    screen = await Screen(PARTY).join(hub)
    await queues.change(PARTY)
    await queues.change(PARTY, "command", "queue", '"command":"play","by":"host","args":{}')
    # Then it has the state and each change after it
    await eventually(lambda: screen.revs() == [2, 3, 4])
    assert screen.names() == ["snapshot", "items_change", "command"]
    assert screen.seen[2].data == {
        "rev": 4, "type": "queue", "ts": 1700000000000, "command": "play", "by": "host", "args": {}
    }  # fmt: skip


async def test_a_queue_that_does_not_exist_is_refused(hub: Hub) -> None:
    screen = Screen("nowhere")
    with pytest.raises(UnknownQueue):
        await screen.join(hub)
    assert screen.seen == []
    assert not hub._rooms


async def test_a_change_between_snapshot_and_join_is_not_lost(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    # Given a screen whose snapshot is being read
    queues.held.clear()
    joining = asyncio.create_task(Screen(PARTY).join(hub))
    await eventually(lambda: queues.reads == 1)
    # When changes come before and after it is there
    await queues.change(PARTY)
    queues.held.set()
    screen = await joining
    await queues.change(PARTY)
    # Then none is missing and none comes twice
    await eventually(lambda: screen.revs()[-1] == 3)
    assert screen.revs() in ([1, 2, 3], [2, 3])


async def test_who_comes_back_gets_only_what_was_missed(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    screen.leave(hub)
    # When three changes come while it is away
    for _ in range(3):
        await queues.change(PARTY)
    await screen.join(hub)
    # Then it gets these three
    assert screen.revs() == [1, 2, 3, 4]
    assert screen.names()[1:] == ["items_change"] * 3


async def test_who_comes_back_to_another_worker_misses_nothing(
    hub: Hub, queues: Queues, log: RedisEventLog, beacons: Beacons
) -> None:
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    screen.leave(hub)
    await queues.change(PARTY)
    # When it joins a hub that has never heard of the queue
    other = Hub(log, queues, beacons, buffer=50, kept=200)
    await screen.join(other)
    # Then it goes on where it was
    assert screen.revs() == [1, 2]


async def test_an_unknown_id_is_told_and_starts_from_a_snapshot(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    screen = Screen(PARTY)
    # When a reader brings an id that was never given out
    screen.listener = await hub.join(screen, screen.subscription, {PARTY: "17-17"})  # type: ignore[dict-item]
    # Then it is told to forget what it has
    assert screen.names() == ["reset", "snapshot"]
    assert screen.seen[0].data["reason"]


async def test_an_id_that_is_too_old_starts_from_a_snapshot(hub: Hub, queues: Queues) -> None:
    # Given a hub that keeps 200 events, and a screen that was away for more
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    screen.leave(hub)
    await asyncio.gather(*(queues.change(PARTY) for _ in range(201)))
    # When it comes back
    await screen.join(hub)
    # Then it is reset
    assert screen.names() == ["snapshot", "reset", "snapshot"]
    assert screen.revs() == [1, 202]


async def test_five_hundred_join_with_one_read_and_hear_the_same_in_order(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    # When 500 screens come at once
    screens = await asyncio.gather(*(Screen(PARTY).join(hub) for _ in range(500)))
    # Then the snapshot was read once
    assert queues.reads == 1
    # And when 50 changes follow, everyone has them in order
    for _ in range(50):
        await queues.change(PARTY)
    await eventually(lambda: screens[-1].revs()[-1] == 51)
    assert all(screen.revs() == list(range(1, 52)) for screen in screens)


async def test_a_slow_screen_loses_its_changes_and_starts_anew_when_it_drains(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    slow, quick = await Screen(PARTY).join(hub), await Screen(PARTY).join(hub)
    # Given a screen whose line is full
    slow.buffered = listener_module.FULL_BYTES + 1
    # When more changes come than may wait for it
    for _ in range(60):
        await queues.change(PARTY)
    await eventually(lambda: quick.revs()[-1] == 61)
    assert slow.revs() == [1]
    # Then, drained, it is told and gets the state, and nothing old
    slow.buffered = 0
    await eventually(lambda: slow.names() == ["snapshot", "reset", "snapshot"])
    assert slow.revs() == [1, 61]
    # And goes on like everyone
    await queues.change(PARTY)
    await eventually(lambda: slow.revs() == [1, 61, 62])


async def test_a_screen_that_is_slow_for_a_moment_loses_nothing(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    screen, quick = await Screen(PARTY).join(hub), await Screen(PARTY).join(hub)
    screen.buffered = listener_module.FULL_BYTES + 1
    for _ in range(20):
        await queues.change(PARTY)
    await eventually(lambda: quick.revs()[-1] == 21)
    # When it drains before its buffer is full
    screen.buffered = 0
    # Then it gets what waited
    await eventually(lambda: screen.revs() == list(range(1, 22)))


async def test_a_deleted_queue_ends_its_streams(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    # When the queue goes
    await queues.delete(PARTY)
    # Then its screens are told, and ended
    await eventually(lambda: screen.ended)
    assert screen.seen[-1].data["settings"] is None
    # And cannot come back
    screen.leave(hub)
    with pytest.raises(UnknownQueue):
        await screen.join(hub)


async def test_a_queue_made_again_is_heard_again(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    await queues.delete(PARTY)
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    await queues.change(PARTY)
    await eventually(lambda: screen.names() == ["snapshot", "items_change"])


async def test_several_queues_share_a_connection(hub: Hub, queues: Queues) -> None:
    for name in ("a", "b"):
        await queues.create(name)
    # When a screen listens to both
    screen = await Screen("a", "b", several=True).join(hub)
    await queues.change("a")
    await eventually(lambda: screen.revs("a") == [1, 2])
    await queues.change("b")
    await eventually(lambda: screen.revs("b") == [1, 2])
    # Then each payload names its queue, and each id says where both stand
    assert [seen.data["queue"] for seen in screen.seen] == ["a", "b", "a", "b"]
    alone, both, after_a, after_b = (str(seen.event_id) for seen in screen.seen)
    assert alone.startswith("a=")
    assert both.startswith(f"{alone},b=")
    assert after_a.split(",")[1] == both.split(",")[1]
    assert after_b.split(",")[0] == after_a.split(",")[0]


async def test_a_composite_id_goes_on_in_each_queue(hub: Hub, queues: Queues) -> None:
    for name in ("a", "b"):
        await queues.create(name)
    screen = await Screen("a", "b", several=True).join(hub)
    screen.leave(hub)
    # When both change while nobody listens
    await queues.change("b")
    await queues.change("a")
    await queues.change("b")
    await screen.join(hub)
    # Then the composite id brings exactly these
    assert screen.revs("a") == [1, 2]
    assert screen.revs("b") == [1, 2, 3]
    assert "reset" not in screen.names()


async def test_a_queue_added_to_the_set_comes_as_a_snapshot(hub: Hub, queues: Queues) -> None:
    for name in ("a", "b"):
        await queues.create(name)
    one = await Screen("a", several=True).join(hub)
    # When the same reader comes back for two
    both = Screen("a", "b", several=True)
    both.seen = one.seen
    await both.join(hub)
    # Then only the new one is sent in full, and nothing is reset
    assert [(seen.name, seen.data["queue"]) for seen in both.seen] == [("snapshot", "a"), ("snapshot", "b")]


async def test_one_of_several_deleted_does_not_end_the_rest(hub: Hub, queues: Queues) -> None:
    for name in ("a", "b"):
        await queues.create(name)
    screen = await Screen("a", "b", several=True).join(hub)
    await queues.delete("a")
    await queues.change("b")
    await eventually(lambda: screen.revs("a") == [1, 2] and screen.revs("b") == [1, 2])
    assert not screen.ended


async def test_the_beacon_comes_while_something_plays(
    queues: Queues, log: RedisEventLog, beacons: Beacons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "BEACON_S", 0.02)
    await queues.create(PARTY)
    beacons.playing[PARTY] = '{"rev":1,"type":"timeline","ts":1,"item_id":"I","position_ms":5}'
    hub = Hub(log, queues, beacons, buffer=50, kept=200)
    running = asyncio.create_task(hub.run())
    screen = await Screen(PARTY).join(hub)
    # Then the beacon comes again and again, without an id
    await eventually(lambda: screen.names().count("timeline_beacon") > 1)
    assert screen.revs() == [1]
    running.cancel()
    await asyncio.wait([running])


async def test_who_listens_to_what_is_theirs_alone_shows_their_login_again(
    queues: Queues, log: RedisEventLog, beacons: Beacons, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a login that runs out nobody tells."""
    monkeypatch.setattr(hub_module, "PRIVATE_S", 0.02)
    own = QueueName("u_000000000000")
    for name in (PARTY, own):
        await queues.create(name)
    hub = Hub(log, queues, beacons, buffer=50, kept=200)
    running = asyncio.create_task(hub.run())
    screens = [await Screen(*names, several=True).join(hub) for names in ((PARTY,), (own,), (PARTY, own))]
    await eventually(lambda: [screen.ended for screen in screens] == [False, True, True])
    running.cancel()
    await asyncio.wait([running])


async def test_a_beacon_that_is_older_than_the_last_change_is_not_sent(
    hub: Hub, queues: Queues, beacons: Beacons
) -> None:
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    beacons.playing[PARTY] = '{"rev":1,"type":"timeline","ts":1,"item_id":"I","position_ms":5}'
    # Given a change that the beacon does not know
    await queues.change(PARTY)
    await hub._send_beacon(hub._rooms[PARTY])
    # Then only the change came
    assert screen.names() == ["snapshot", "items_change"]


async def test_a_redis_that_came_back_empty_resets_everyone(hub: Hub, queues: Queues, redis: Redis) -> None:
    await queues.create(PARTY)
    await queues.change(PARTY)
    screen = await Screen(PARTY).join(hub)
    # When all is lost and the queue made anew
    await redis.call("FLUSHALL")
    await queues.create(PARTY)
    # Then the screen is not left with what is gone
    await eventually(lambda: screen.names() == ["snapshot", "reset", "snapshot"])
    await queues.change(PARTY)
    await eventually(lambda: screen.revs() == [2, 1, 2])


async def test_the_last_one_to_leave_takes_the_room_along(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    one, two = await Screen(PARTY).join(hub), await Screen(PARTY).join(hub)
    one.leave(hub)
    assert hub._rooms
    two.leave(hub)
    assert not hub._rooms
    assert not hub._audiences


async def test_who_gives_up_while_joining_leaves_nothing_behind(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    queues.held.clear()
    joining = asyncio.create_task(Screen(PARTY).join(hub))
    await eventually(lambda: queues.reads == 1)
    joining.cancel()
    await asyncio.wait([joining])
    assert not hub._rooms


async def test_a_worker_that_ends_sends_everyone_elsewhere(hub: Hub, queues: Queues) -> None:
    await queues.create(PARTY)
    screen = await Screen(PARTY).join(hub)
    hub.close()
    assert screen.ended
    with pytest.raises(Unavailable):
        await Screen(PARTY).join(hub)


async def test_who_joins_while_redis_is_away_is_refused_and_let_in_afterwards(
    hub: Hub, queues: Queues, log: RedisEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queues.create(PARTY)

    # Given a Redis that cannot be read
    async def away(*_: object) -> Page:
        raise Unavailable(retry_after=1)

    with monkeypatch.context() as patch:
        patch.setattr(log, "read", away)
        for answer in await asyncio.gather(*(Screen(PARTY).join(hub) for _ in range(3)), return_exceptions=True):
            assert isinstance(answer, Unavailable)
    # When it is back
    screen = await Screen(PARTY).join(hub)
    # Then nothing is left of the failure
    assert screen.revs() == [1]
