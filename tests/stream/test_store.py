from api_queue.drivers.redis import Redis
from api_queue.stream.models import START
from api_queue.stream.store import RedisEventLog, RedisRelayStore
from api_queue.types import EventId, QueueName
from tests.stream.queues import Queues

PARTY = QueueName("party")


async def test_pages_follow_one_another(log: RedisEventLog, queues: Queues) -> None:
    for _ in range(5):
        await queues.change(PARTY)
    first = await log.read(PARTY, START, 3)
    second = await log.read(PARTY, first.position, 3)
    third = await log.read(PARTY, second.position, 3)
    assert [[event.rev for event in page.events] for page in (first, second, third)] == [[1, 2, 3], [4, 5], []]
    assert all(page.known for page in (first, second, third))
    assert third.position == second.position


async def test_an_event_is_what_was_written(log: RedisEventLog, queues: Queues) -> None:
    await queues.change(PARTY, "like", "like", '"track_id":"T","likes":2')
    (event,) = (await log.read(PARTY, START, 10)).events
    assert (event.queue, event.name, event.rev) == (PARTY, "like", 1)
    assert event.data == '{"rev":1,"type":"like","ts":1700000000000,"track_id":"T","likes":2}'


async def test_a_position_that_was_never_there_is_unknown(log: RedisEventLog, queues: Queues) -> None:
    await queues.change(PARTY)
    page = await log.read(PARTY, EventId("1-1"), 10)
    assert not page.known
    assert [event.rev for event in page.events] == [1]


async def test_a_position_in_a_queue_that_is_gone_is_unknown(log: RedisEventLog) -> None:
    assert not (await log.read(PARTY, EventId("1-1"), 10)).known
    assert (await log.read(PARTY, START, 10)).known


async def test_trimming_by_age_keeps_the_last_event(log: RedisEventLog, queues: Queues, redis: Redis) -> None:
    store = RedisRelayStore(redis)
    for _ in range(3):
        await queues.change(PARTY)
    last = (await log.read(PARTY, START, 10)).position
    # When everything is too old
    await store.trim(PARTY, before_ms=99_999_999_999_999)
    # Then who has read it all has still missed nothing
    page = await log.read(PARTY, last, 10)
    assert page.known
    assert [event.rev for event in (await log.read(PARTY, START, 10)).events][-1:] == [3]
    await store.trim(QueueName("nowhere"), before_ms=1)
