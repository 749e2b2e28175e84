"""`/api/mqtt` before a broker that is slow, sends without end, hangs up, or is the operator's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from api_queue.drivers.redis import Redis
from api_queue.karakara import broker_inlet, broker_lines
from tests.drivers import mqtt_wire
from tests.house import House, a_house
from tests.karakara.broker_road import PING, road
from tests.stream.waiting import eventually

#: As much as a guest can say at once, any number of times.
LONG: Final = mqtt_wire.subscribe(*((f"{number:0>500}", 0) for number in range(100)))


class Other:
    """Where the broker should be: `takes` or leaves what it is sent, and `floods` if it is told."""

    def __init__(self) -> None:
        self.taken = self.given = 0
        self.last = b""
        self.takes = asyncio.Event()
        self.floods = asyncio.Event()
        self.left = asyncio.Event()
        self.left.set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.left.clear()
        giving = asyncio.create_task(self._give(writer))
        await self.takes.wait()
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                self.taken += len(data)
                self.last = (self.last + data)[-1000:]
        giving.cancel()
        await asyncio.wait([giving])
        writer.transport.abort()
        self.left.set()

    async def _give(self, writer: asyncio.StreamWriter) -> None:
        await self.floods.wait()
        while True:
            writer.write(bytes(65536))
            await writer.drain()
            self.given += 65536


@pytest.fixture
async def other() -> AsyncIterator[tuple[Other, int]]:
    other = Other()
    async with await asyncio.start_server(other, "127.0.0.1", 0) as server:
        yield other, server.sockets[0].getsockname()[1]
        other.takes.set()
        await other.left.wait()


@pytest.fixture
async def before_other(
    redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, other: tuple[Other, int]
) -> AsyncIterator[House]:
    async with a_house(redis_url, furnished, tmp_path, host="127.0.0.1", mqtt_port=other[1]) as house:
        yield house


async def still(count: Callable[[], int]) -> int:
    """What `count` shows when it has not moved for a while."""
    before = -1
    while (now := count()) != before or not now:
        before = now
        await asyncio.sleep(0.3)
    return before


@pytest.fixture(params=["api_queue", ""])
async def before_own(
    redis: Redis,
    redis_url: str,
    furnished: Path,
    tmp_path: Path,
    other: tuple[Other, int],
    request: pytest.FixtureRequest,
) -> AsyncIterator[House]:
    """A broker of the operator's own, whatever our topics begin with there."""
    url = f"mqtt://somebody:secret@127.0.0.1:{other[1]}"
    async with a_house(redis_url, furnished, tmp_path, mqtt_url=url, mqtt_prefix=request.param) as house:
        yield house


async def test_to_a_broker_of_its_own_the_server_says_no_login_and_marks_the_client(
    before_own: House, other: tuple[Other, int]
) -> None:
    broker, _ = other
    broker.takes.set()
    async with road(before_own.url, mqtt_wire.connect("u8", clean=False), mqtt_wire.subscribe(("room/kara/queue", 0))):
        said = mqtt_wire.connect("karakara-u8", clean=False) + mqtt_wire.subscribe(("room/kara/queue", 0))
        await eventually(lambda: broker.taken == len(said))
        assert broker.last == said


@pytest.mark.parametrize(
    "refused",
    [
        mqtt_wire.publish("room/kara/queue", b"[]", retain=True),
        mqtt_wire.subscribe(("zigbee2mqtt/#", 0)),
        mqtt_wire.subscribe(("#", 0)),
    ],
)
async def test_at_a_broker_of_its_own_guests_write_nothing_and_read_what_is_ours(
    before_own: House, other: tuple[Other, int], refused: bytes
) -> None:
    broker, _ = other
    broker.takes.set()
    async with road(before_own.url, mqtt_wire.connect("a"), refused) as one:
        assert await one.ended() == broker_inlet.NOT_ALLOWED
    await broker.left.wait()
    assert refused not in broker.last


async def test_a_client_that_does_not_read_stops_the_broker(before_other: House, other: tuple[Other, int]) -> None:
    broker, _ = other
    broker.takes.set()
    broker.floods.set()
    async with road(before_other.url) as one:
        # When the broker sends without end, and nobody reads
        one.pause()
        given = await still(lambda: broker.given)
        # Then it can get rid of what the sockets hold
        assert given < 100_000_000
        # And when the client reads again it goes on
        one.resume()
        reading = asyncio.create_task(one.read(given * 3))
        await eventually(lambda: broker.given > given * 2)
        reading.cancel()


async def test_a_broker_that_does_not_read_stops_the_client(before_other: House, other: tuple[Other, int]) -> None:
    broker, _ = other
    async with road(before_other.url) as one:
        said = 0

        async def say_without_end() -> None:
            nonlocal said
            while True:
                one.say(LONG)
                await one.writer.drain()
                said += len(LONG)

        saying = asyncio.create_task(say_without_end())
        assert await still(lambda: said) < 100_000_000
        # And when the broker reads again, it gets all of it
        before = said
        broker.takes.set()
        await eventually(lambda: broker.taken > before)
        saying.cancel()


async def test_a_client_that_takes_no_answer_is_not_read_on(before_other: House) -> None:
    async with road(before_other.url) as one:
        # When it sends one ping after the other, and reads nothing that comes back
        one.pause()
        said = 0

        async def ping_without_end() -> None:
            nonlocal said
            while True:
                one.say(*[bytes(125)] * 100, opcode=PING)
                await one.writer.drain()
                said += 12_500

        pinging = asyncio.create_task(ping_without_end())
        # Then it can say as much as the sockets hold
        assert await still(lambda: said) < 100_000_000
        # And when it reads, it is heard again
        before = said
        reading = asyncio.create_task(one.read(1))
        one.resume()
        await eventually(lambda: said > before)
        pinging.cancel()
        reading.cancel()


@pytest.mark.parametrize("who", ["client", "broker"])
async def test_who_takes_nothing_for_too_long_is_left(
    before_other: House, other: tuple[Other, int], monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    for module in (broker_inlet, broker_lines):
        monkeypatch.setattr(module, "STALL_S", 0.2)
    broker, _ = other
    async with road(before_other.url) as one:
        if who == "client":
            broker.floods.set()
            one.pause()
        else:
            one.say(*[LONG] * 250)
        await eventually(lambda: bool(before_other.app.ctx.broker_lines._open))
        await eventually(lambda: not before_other.app.ctx.broker_lines._open)


async def test_a_broker_that_hangs_up_ends_its_clients(before_other: House, other: tuple[Other, int]) -> None:
    async with road(before_other.url, mqtt_wire.PINGREQ) as one:
        other[0].takes.set()
        await eventually(lambda: other[0].taken > 0)
        one.writer.write_eof()
        await other[0].left.wait()
