"""What other programs hear of tracklists: from the stream to the broker."""

from collections.abc import AsyncIterator, Iterator

import pytest

from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.drivers.redis import Redis
from api_queue.tracklists.models import Entry, Facts, Tracklist
from api_queue.tracklists.news import TracklistNews
from api_queue.tracklists.news_store import RedisTracklistEvents
from tests.drivers.conftest import running
from tests.queues.builders import NOW, FakeClock
from tests.stream.queues import Queues
from tests.stream.subscribers import Subscriber, subscribed
from tests.stream.test_relay import parts_of, relaying
from tests.stream.waiting import eventually

TOPIC = "api_queue/tracklists"
LIST = Tracklist(
    tracklist_id="a-list",
    source="1001tracklists",
    facts=Facts(
        entries=(Entry(artist="Nova Kin", title="First Light"),) * 2,
        dj_name="Ada Lovelace",
        genres=("House",),
        url="https://www.1001tracklists.com/tracklist/a",
    ),
    rev=1,
    created_at=NOW,
    updated_at=NOW,
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running("mosquitto", tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
async def subscriber(broker: EmbeddedBroker) -> AsyncIterator[Subscriber]:
    async with subscribed(broker.process) as subscriber:
        yield subscriber


async def test_what_was_fetched_and_what_was_stored_is_told_in_order(
    redis: Redis, broker: EmbeddedBroker, subscriber: Subscriber
) -> None:
    news = TracklistNews(RedisTracklistEvents(redis, 100), FakeClock())
    async with relaying(parts_of(redis, Queues(redis), broker.url)):
        await news.processed(LIST, 1500)
        await news.cataloged(LIST)
        await eventually(lambda: len(set(subscriber.payloads(TOPIC))) == 2)
    processed, cataloged = map(subscriber.decode, dict.fromkeys(subscriber.payloads(TOPIC)))  # each once or more often
    assert processed == {
        "rev": 1,
        "type": "tracklist",
        "ts": NOW,
        "event_type": "tracklist.processed",
        "tracklist_id": "a-list",
        "url": "https://www.1001tracklists.com/tracklist/a",
        "track_count": 2,
        "processing_time_ms": 1500,
    }
    assert (cataloged["rev"], cataloged["event_type"], cataloged["tags"]) == (2, "tracklist.cataloged", ["House"])
    assert (cataloged["metadata"]["dj_name"], cataloged["metadata"]["track_count"]) == ("Ada Lovelace", 2)
