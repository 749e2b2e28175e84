"""All calls of one turn of the loop as one pipeline: who gets which reply, and what becomes of them in trouble."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from redis.asyncio import Connection
from redis.exceptions import ResponseError

from api_queue.drivers import redis_server as driver
from api_queue.drivers.redis import Redis, connect
from api_queue.drivers.redis_server import BATCH, RedisServer
from api_queue.errors import Unavailable


@pytest.fixture
def server(redis: Redis) -> RedisServer:
    assert isinstance(redis.engine, RedisServer)
    return redis.engine


@pytest.fixture
def sent(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many commands went out in each write, from here on."""
    writes: list[int] = []
    exchange = server._exchange

    async def noted(connection: Connection, batch: list[driver._Call]) -> None:
        writes.append(len(batch))
        await exchange(connection, batch)

    monkeypatch.setattr(server, "_exchange", noted)
    return writes


async def turn() -> None:
    """Let the loop go round once."""
    await asyncio.sleep(0)


# -- one pipeline for each turn of the loop --------------------------------------------------------------------


async def test_calls_of_one_turn_are_one_write_and_each_gets_its_reply(redis: Redis, sent: list[int]) -> None:
    replies = await asyncio.gather(*(redis.call("ECHO", number) for number in range(20)))
    assert replies == [str(number) for number in range(20)]
    assert sent == [20]


async def test_they_run_in_the_order_in_which_they_were_made(redis: Redis) -> None:
    await asyncio.gather(*(redis.call("RPUSH", "list", number) for number in range(50)))
    assert await redis.call("LRANGE", "list", 0, -1) == [str(number) for number in range(50)]


async def test_calls_of_two_turns_are_two_writes(redis: Redis, sent: list[int]) -> None:
    # Given a call that is on its way
    first = asyncio.create_task(redis.call("ECHO", "a"))
    while not sent:
        await turn()
    # When another is made
    assert await redis.call("ECHO", "b") == "b"
    # Then it did not wait for the first one's reply
    assert await first == "a"
    assert sent == [1, 1]


@pytest.mark.parametrize(("calls", "writes"), [(BATCH, [256]), (BATCH + 1, [256, 1]), (2 * BATCH + 3, [256, 256, 3])])
async def test_a_burst_is_cut_into_pipelines_of_bounded_length(
    redis: Redis, sent: list[int], calls: int, writes: list[int]
) -> None:
    replies = await asyncio.gather(*(redis.call("ECHO", number) for number in range(calls)))
    assert replies == [str(number) for number in range(calls)]
    assert sorted(sent, reverse=True) == writes


@pytest.mark.parametrize(
    ("argument", "kept"),
    [("Ødegård 東京", "Ødegård 東京"), (b"bytes", "bytes"), (-7, "-7"), (0.5, "0.5"), ("", ""), ("a\r\nb", "a\r\nb")],
)
async def test_an_argument_arrives_as_it_is(redis: Redis, argument: str | bytes | float, kept: str) -> None:
    assert await redis.call("ECHO", argument) == kept


async def test_replies_have_the_shape_of_the_librarys_own_calls(redis: Redis) -> None:
    await redis.call("HSET", "hash", "a", 1, "b", 2)
    await redis.call("SADD", "set", "x", "y")
    assert await redis.call("HGETALL", "hash") == {"a": "1", "b": "2"}
    assert await redis.call("SMEMBERS", "set") == {"x", "y"}
    assert await redis.call("GET", "nothing") is None


# -- one call's trouble is not the others' ---------------------------------------------------------------------


async def test_an_error_reply_is_its_callers_alone(redis: Redis, sent: list[int]) -> None:
    await redis.call("SET", "text", "x")
    replies = await asyncio.gather(
        redis.call("ECHO", "before"),
        redis.call("LPUSH", "text", "y"),
        redis.call("ECHO", "after"),
        return_exceptions=True,
    )
    assert (replies[0], replies[2]) == ("before", "after")
    assert isinstance(replies[1], ResponseError)
    assert sent[-1] == 3


@pytest.mark.parametrize("argument", ["bytes \udcff of a header", None])
async def test_an_argument_that_cannot_be_sent_is_its_callers_alone(redis: Redis, argument: str) -> None:
    async with asyncio.timeout(30):
        replies = await asyncio.gather(redis.call("ECHO", "good"), redis.call("ECHO", argument), return_exceptions=True)
    assert replies[0] == "good"
    assert isinstance(replies[1], UnicodeEncodeError | TypeError)


async def test_a_reply_that_is_no_text_keeps_nobody_waiting(redis: Redis) -> None:
    # Given a value that is not UTF-8
    await redis.call("SET", "picture", b"\xff\xd8")
    # When it is asked for
    async with asyncio.timeout(30):
        replies = await asyncio.gather(redis.call("GET", "picture"), redis.call("ECHO", "a"), return_exceptions=True)
    # Then both callers are told, and whoever comes next gets the reply that is theirs
    assert all(isinstance(reply, Exception) for reply in replies)
    assert await redis.call("ECHO", "next") == "next"


async def test_a_caller_who_leaves_before_the_sending_does_not_shift_the_replies(redis: Redis) -> None:
    calls = [asyncio.create_task(redis.call("ECHO", number)) for number in range(3)]
    await turn()
    calls[1].cancel()
    replies = await asyncio.gather(*calls, return_exceptions=True)
    assert (replies[0], replies[2]) == ("0", "2")
    assert isinstance(replies[1], asyncio.CancelledError)


async def test_a_caller_who_leaves_while_the_reply_is_awaited_does_not_shift_them(
    redis: Redis, sent: list[int]
) -> None:
    # Given two calls that were written
    leaving = asyncio.create_task(redis.call("INCR", "number"))
    staying = asyncio.create_task(redis.call("ECHO", "mine"))
    while not sent:
        await turn()
    # When one caller leaves
    leaving.cancel()
    # Then the other's reply is the right one, and what was sent has happened once
    assert await staying == "mine"
    assert await redis.call("GET", "number") == "1"


# -- scripts ---------------------------------------------------------------------------------------------------

NOW = 1_700_000_000_000


async def take(redis: Redis, field: str) -> int:
    return int(await redis.script("accounts/take", ["rate"], [NOW, field, 1, 1000]))


async def test_many_who_find_a_script_forgotten_at_once_each_run_it_once(redis: Redis) -> None:
    # Given a Redis that forgot its scripts
    await redis.call("SCRIPT", "FLUSH")
    # When forty want the ten tokens of as many buckets
    waits = await asyncio.gather(*(take(redis, f"bucket-{number % 10}") for number in range(40)))
    # Then each bucket gave its one token, once
    assert sorted(waits) == [0] * 10 + [1000] * 30


async def test_a_script_that_is_known_costs_one_call(redis: Redis, sent: list[int]) -> None:
    await take(redis, "a")
    sent.clear()
    await take(redis, "b")
    assert sent == [1]


async def test_an_error_inside_a_script_is_not_taken_for_a_forgotten_one(redis: Redis, sent: list[int]) -> None:
    await redis.call("SET", "rate", "no hash")
    await redis.call("SCRIPT", "FLUSH")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await take(redis, "a")


# -- a connection that is lost ---------------------------------------------------------------------------------


class Gate:
    """A server of one socket that says what the test tells it to, in the place of Redis."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.answer: Callable[[bytes], bytes | None] = lambda _: b"+OK\r\n"
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while data := await reader.read(65536):
            if b"CLIENT" in data:  # the library's greeting
                writer.write(b"+OK\r\n" * data.count(b"CLIENT"))
                continue
            self.heard.append(data)
            answer = self.answer(data)
            if answer is None:
                break
            writer.write(answer)
        writer.close()


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Gate]:
    gate = Gate()
    server = await asyncio.start_unix_server(gate.serve, tmp_path / "s")
    yield gate
    server.close()


@pytest.fixture
async def gated(gate: Gate, tmp_path: Path) -> AsyncIterator[Redis]:
    client = connect(f"unix://{tmp_path / 's'}?protocol=2")
    yield client
    await client.close()


async def test_a_batch_whose_answer_is_lost_fails_for_all_and_is_not_sent_again(gate: Gate, gated: Redis) -> None:
    # Given a Redis that dies over what it was sent
    gate.answer = lambda _: None
    # When three call at once
    replies = await asyncio.gather(*(gated.call("INCR", f"key-{n}") for n in range(3)), return_exceptions=True)
    # Then each is told to come again, and each command went out once
    assert [type(reply) for reply in replies] == [Unavailable] * 3
    heard = b"".join(gate.heard)
    assert [heard.count(f"key-{n}".encode()) for n in range(3)] == [1, 1, 1]


async def test_replies_that_came_before_the_loss_are_given(gate: Gate, gated: Redis) -> None:
    # Given a Redis that answers the first of two and says nothing that can be understood then
    gate.answer = lambda _: b":1\r\n?\r\n"
    async with asyncio.timeout(30):
        replies = await asyncio.gather(gated.call("INCR", "a"), gated.call("INCR", "b"), return_exceptions=True)
    assert replies[0] == 1
    assert isinstance(replies[1], Exception)


async def test_the_call_after_a_loss_connects_anew(gate: Gate, gated: Redis) -> None:
    gate.answer = lambda _: None
    with pytest.raises(Unavailable):
        await gated.call("PING")
    gate.answer = lambda _: b"+PONG\r\n"
    assert await gated.call("ECHO", "x") == "PONG"
    assert gate.connections == 2


async def test_one_after_the_other_they_use_one_connection(gate: Gate, gated: Redis) -> None:
    for _ in range(5):
        await gated.call("PING")
    assert gate.connections == 1


async def test_a_connection_that_was_closed_meanwhile_is_replaced_unnoticed(
    redis: Redis, server: RedisServer, redis_url: str
) -> None:
    # Given a connection that was used, and that Redis then closes
    await redis.call("PING")
    other = connect(redis_url)
    await other.call("CLIENT", "KILL", "TYPE", "normal")
    await other.close()
    (connection,) = server._idle
    while not await connection.can_read():  # its end
        await turn()
    # Then the next call is answered
    assert await redis.call("ECHO", "x") == "x"


async def test_a_redis_that_hangs_is_given_up_and_its_late_answer_goes_to_nobody(
    gate: Gate, gated: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a Redis that takes longer than we wait
    monkeypatch.setattr(driver, "TIMEOUT_S", 0.05)
    gate.answer = lambda _: b""
    with pytest.raises(Unavailable):
        await gated.call("GET", "slow")
    # When the next one asks, then it is on a new connection
    gate.answer = lambda _: b"$4\r\nmine\r\n"
    assert await gated.call("GET", "next") == "mine"
    assert gate.connections == 2


async def test_without_a_server_a_call_is_unavailable_and_says_when_to_come_again(tmp_path: Path) -> None:
    client = connect(f"unix://{tmp_path / 'nowhere'}")
    with pytest.raises(Unavailable) as raised:
        await client.call("PING")
    assert raised.value.facts["retry_after"] == 1
    await client.close()


async def test_a_redis_that_is_still_loading_is_unavailable(gate: Gate, gated: Redis) -> None:
    gate.answer = lambda _: b"-LOADING Redis is loading the dataset in memory\r\n"
    with pytest.raises(Unavailable):
        await gated.call("GET", "a")


# -- the end ---------------------------------------------------------------------------------------------------


async def test_closing_waits_for_what_is_on_its_way(redis_url: str, redis: Redis) -> None:
    client = connect(redis_url)
    calls = [asyncio.create_task(client.call("INCR", "number")) for _ in range(3)]
    await turn()
    await client.close()
    assert await asyncio.gather(*calls) == [1, 2, 3]


async def test_nothing_is_left_behind_by_a_batch(redis: Redis, server: RedisServer) -> None:
    await asyncio.gather(*(redis.call("PING") for _ in range(300)))
    await turn()
    assert (server._waiting, server._sending) == ([], set())


async def until_it_fails(redis: Redis) -> None:
    async with asyncio.timeout(5):
        while True:
            await redis.call("GET", "x")


async def test_while_one_script_takes_seconds_others_are_told_to_come_again(redis: Redis, redis_url: str) -> None:
    other, asks = connect(redis_url), ("CONFIG", "GET", "lua-time-limit")
    before = await redis.call(*asks)
    await redis.call("CONFIG", "SET", "lua-time-limit", 50)
    endless = asyncio.create_task(redis.call("EVAL", "while true do end", 0))
    try:
        with pytest.raises(Unavailable):
            await until_it_fails(other)
    finally:
        await other.call("SCRIPT", "KILL")
        with pytest.raises(ResponseError, match="killed"):
            await endless
        await redis.call("CONFIG", "SET", "lua-time-limit", before["lua-time-limit"])
        await other.close()
