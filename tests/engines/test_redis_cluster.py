"""A Cluster of six: each call reaches the node of its key, also while slots move, and a dead node costs seconds."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api_queue.drivers import redis_cluster
from api_queue.drivers.lua import load_all
from api_queue.drivers.redis import Redis, connect
from api_queue.errors import Unavailable
from api_queue.keeping import redis_file
from api_queue.keeping.redis_keys import Kept, RedisKeys
from tests.engines.keys import keys_like
from tests.engines.party import WHOLE_AGAIN_S, a_party
from tests.engines.redis_servers import Cluster, Server, a_node, make_whole
from tests.live import Watch

NOW = 1_700_000_000_000
#: One key for each master.
KEYS = ("a", "b", "c")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ExitStack() as parts:
        yield Cluster(tmp_path_factory.mktemp("cluster"), parts)


@pytest.fixture
async def redis(cluster: Cluster) -> AsyncIterator[Redis]:
    redis = connect(cluster.url)
    await redis.call("FLUSHALL")
    yield redis
    await redis.close()


async def take(redis: Redis, key: str) -> int:
    return int(await redis.script("accounts/take", [key], [NOW, "bucket", 1, 1000]))


async def test_each_key_is_on_the_node_that_has_its_slot(cluster: Cluster, redis: Redis) -> None:
    names = [f"key-{number}" for number in range(60)]
    await asyncio.gather(*(redis.call("SET", name, name) for name in names))
    assert await asyncio.gather(*(redis.call("GET", name) for name in names)) == names
    sizes = [master.ask("DBSIZE") for master in cluster.masters]
    assert sum(sizes) == 60
    assert min(sizes) > 0


async def test_keys_of_all_nodes_are_found(redis: Redis) -> None:
    await asyncio.gather(*(redis.call("SET", f"key-{number}", "") for number in range(60)))
    assert len(await keys_like(redis, "key-*")) == 60
    assert await keys_like(redis, "key-1") == ["key-1"]


async def test_a_node_that_forgot_its_scripts_is_taught_and_runs_them_once(cluster: Cluster, redis: Redis) -> None:
    # Given that two of three forgot them
    for master in cluster.masters[:2]:
        master.ask("SCRIPT", "FLUSH")
    # When twenty at each node want its one token
    waits = await asyncio.gather(*(take(redis, f"rate:{{{key}}}") for key in KEYS for _ in range(20)))
    # Then each gave it once
    assert {cluster.master_of(f"rate:{{{key}}}") for key in KEYS} == {0, 1, 2}
    assert sorted(waits) == [0] * 3 + [1000] * 57


async def test_what_is_published_at_one_node_is_heard_at_all(redis: Redis) -> None:
    async with redis.pubsub() as one, redis.pubsub() as other, redis.pubsub() as third:
        for each in (one, other, third):
            await each.subscribe("bell")
            assert await each.get_message(timeout=20)
        await redis.call("PUBLISH", "bell", "party")
        for each in (one, other, third):
            heard = await each.get_message(timeout=20)
            assert heard is not None
            assert heard["data"] == "party"


# -- slots on their way ----------------------------------------------------------------------------------------


class Moving:
    """The slot of `{a}`, from the master that has it to the next one and back."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        here = cluster.master_of("{a}")
        self.slot = int(cluster.masters[0].ask("CLUSTER", "KEYSLOT", "{a}"))
        self.source, self.target = cluster.masters[here], cluster.masters[(here + 1) % 3]

    def begin(self) -> None:
        self.target.ask("CLUSTER", "SETSLOT", self.slot, "IMPORTING", _id(self.source))
        self.source.ask("CLUSTER", "SETSLOT", self.slot, "MIGRATING", _id(self.target))

    def move(self, *keys: str) -> None:
        self.source.ask("MIGRATE", "127.0.0.1", self.target.port, "", 0, 5000, "KEYS", *keys)

    def end(self) -> None:
        """As far as it has come: what is there already stays."""
        for server in (self.target, self.source, *self.cluster.masters):
            server.ask("CLUSTER", "SETSLOT", self.slot, "NODE", _id(self.target))
        self.cluster.agrees()

    def back(self) -> None:
        self.source, self.target = self.target, self.source
        self.begin()
        if kept := self.source.ask("CLUSTER", "GETKEYSINSLOT", self.slot, 100):
            self.move(*kept)
        self.end()


def _id(server: Server) -> str:
    return str(server.ask("CLUSTER", "MYID"))


@pytest.fixture
def moving(cluster: Cluster, redis: Redis) -> Iterator[Moving]:
    moving = Moving(cluster)
    yield moving
    moving.back()


async def test_a_slot_that_went_to_another_node_is_found_there(redis: Redis, moving: Moving) -> None:
    # Given somebody who knows where it was
    await redis.call("SET", "{a}", "here")
    # When it moves
    moving.begin()
    moving.move("{a}")
    moving.end()
    # Then reading and writing go on
    assert await redis.call("GET", "{a}") == "here"
    assert await redis.call("APPEND", "{a}", " and there") == len("here and there")


async def test_a_key_that_has_arrived_while_its_slot_moves_is_asked_for_there(redis: Redis, moving: Moving) -> None:
    # Given a slot that is half on its way
    await asyncio.gather(redis.call("SET", "{a}:gone", 1), redis.call("SET", "{a}:staying", 1))
    moving.begin()
    moving.move("{a}:gone")
    # Then both are counted up, each where it is, once
    assert [await redis.call("INCR", key) for key in ("{a}:gone", "{a}:staying")] == [2, 2]
    moving.move("{a}:staying")
    moving.end()
    assert await redis.call("MGET", "{a}:gone", "{a}:staying") == ["2", "2"]


async def test_a_script_waits_until_its_keys_are_together_again(redis: Redis, moving: Moving) -> None:
    # Given a lease whose two keys are on two nodes
    keys = ["{a}", "{a}:fence"]
    assert await redis.script("stream/lease", keys, ["me", 100_000]) == 1
    moving.begin()
    moving.move("{a}")
    # When it is renewed
    renewing = asyncio.create_task(redis.script("stream/lease", keys, ["me", 100_000]))
    await asyncio.sleep(0.1)
    assert not renewing.done()
    # Then it is, as soon as the second key has come
    moving.move("{a}:fence")
    moving.end()
    assert await renewing == 1


async def test_the_last_wait_is_followed_by_a_try(
    redis: Redis, moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_cluster, "_PAUSES_S", (0.0, 0.5))
    keys = ["{a}", "{a}:fence"]
    assert await redis.script("stream/lease", keys, ["me", 100_000]) == 1
    # Given a script whose keys come together while it waits for the last time
    moving.begin()
    moving.move("{a}")
    renewing = asyncio.create_task(redis.script("stream/lease", keys, ["me", 100_000]))
    await asyncio.sleep(0.1)
    moving.move("{a}:fence")
    # Then it is run
    assert await renewing == 1
    moving.end()


async def test_a_script_whose_keys_do_not_come_together_is_unavailable(redis: Redis, moving: Moving) -> None:
    keys = ["{a}", "{a}:fence"]
    await redis.script("stream/lease", keys, ["me", 100_000])
    moving.begin()
    moving.move("{a}")
    with pytest.raises(Unavailable):
        await redis.script("stream/lease", keys, ["me", 100_000])
    moving.move("{a}:fence")
    moving.end()


# -- nodes that are not there ----------------------------------------------------------------------------------


async def test_one_node_that_answers_is_enough_to_find_all(cluster: Cluster) -> None:
    redis = connect(f"redis+cluster://127.0.0.1:1,{cluster.replicas[2].host}")
    assert await asyncio.gather(*(redis.call("SET", key, 1) for key in KEYS)) == [True] * 3
    await redis.close()


async def test_a_node_that_is_in_no_cluster_is_passed_over(cluster: Cluster, tmp_path: Path) -> None:
    with a_node(tmp_path) as lonely:
        for _ in range(6):  # whom it asks first is drawn
            redis = connect(f"redis+cluster://{lonely.host},{cluster.replicas[2].host}")
            assert await redis.call("SET", "a", 1)
            await redis.close()


async def test_a_cluster_of_one_node_which_does_not_know_its_own_address(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        make_whole(node)
        redis = connect(f"redis+cluster://{node.host}")
        assert await redis.call("SET", "a", 1)
        await redis.close()


async def test_without_any_node_a_call_is_unavailable() -> None:
    redis = connect("redis+cluster://127.0.0.1:1")
    with pytest.raises(Unavailable):
        await redis.call("GET", "a")
    await redis.close()


async def test_all_of_it_can_be_saved_and_put_back(redis: Redis, tmp_path: Path) -> None:
    """From one server into a Cluster and back is the same: a key is a key."""
    load_all()
    for name in ("one", "two", "three"):
        await redis.call("RPUSH", f"q:{{{name}}}:items", "a", "b")
        await redis.call("XADD", f"q:{{{name}}}:events", "*", "rev", 1)
        await redis.call("SADD", "q:names", name)
    keys = RedisKeys(redis)
    before = sorted([kept async for kept in _kept(keys)], key=lambda kept: kept.key)
    await redis_file.save(keys, tmp_path, lambda _done, _of: None)
    await keys.clear()
    assert await keys_like(redis) == []
    await redis_file.load(keys, tmp_path / redis_file.NAME, 0, lambda _done, _of: None)
    assert sorted([kept async for kept in _kept(keys)], key=lambda kept: kept.key) == before


async def _kept(keys: RedisKeys) -> AsyncIterator[Kept]:
    for group in [*await keys.groups(), ("q:names",)]:
        for kept in await keys.read(group):
            yield Kept(kept.key, kept.type, kept.ends_at_ms, sorted(kept.values))


# -- a whole house on it: last, since a master dies ------------------------------------------------------------


async def test_a_party_goes_on_when_the_master_that_has_it_dies(cluster: Cluster, tmp_path: Path) -> None:
    # Given a party that plays, and a replica that has all of it
    async with a_party(tmp_path, f'url = "{cluster.url}"\n') as party:
        for _ in range(5):
            await party.add()
        await party.play()
        await party.is_whole()
        number = cluster.master_of("q:{party}:items")
        cluster.fail_after(1000)
        await asyncio.to_thread(cluster.replica_has_all, number)
        # When its master dies
        cluster.masters[number].kill()
        # Then a guest who adds gets the song within seconds, and nothing that was answered is lost or doubled
        watch = Watch()
        await party.add()
        assert watch.seconds < WHOLE_AGAIN_S
        await party.is_whole()
