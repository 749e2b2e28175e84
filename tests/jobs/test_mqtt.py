"""Tasks over MQTT: each on its own topic, nothing retained, and nothing of them among the queues."""

import json
from collections.abc import Iterator

import pytest

from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.drivers.redis import Redis
from tests.drivers.conftest import running
from tests.jobs.house import Jobs
from tests.stream.queues import Queues
from tests.stream.subscribers import subscribed
from tests.stream.test_relay import parts_of, relaying
from tests.stream.waiting import eventually


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running("announcer", tmp_path_factory.mktemp("broker")) as broker:
        yield broker


async def test_a_task_has_a_topic_of_its_own(jobs: Jobs, redis: Redis, broker: EmbeddedBroker) -> None:
    # Given a relay, somebody who listens, and a queue beside the tasks
    queues = Queues(redis)
    await queues.create("party")
    async with subscribed(broker.process) as subscriber, relaying(parts_of(redis, queues, broker.url)):
        await eventually(lambda: subscriber.retained_rev("party") == 1)
        # When a task is made, and completed at once
        task = await jobs.create(type_name="steps", meta={"token": "a secret"}, key="mine")
        events = await jobs.told()
        # Then its progress is on its topic, without what only admins may know
        topic = f"api_queue/tasks/{task.task_id}"
        await eventually(lambda: len(subscriber.payloads(topic)) == len(events))
        created, completed = map(json.loads, subscriber.payloads(topic))
        assert (created["rev"], completed["rev"]) == (1, 2)
        assert completed.keys() == {
            *("rev", "type", "ts", "task_id", "task_type"),
            *("status", "completed_items", "total_items", "percent"),
        }
        assert (completed["task_id"], completed["status"], completed["percent"]) == (task.task_id, "completed", 100.0)
        # And no topic of a queue has heard of them
        assert not any("_tasks" in heard for heard, _ in subscriber.heard)
    # And whoever comes later finds nothing there
    async with subscribed(broker.process) as later:
        await eventually(lambda: later.retained_rev("party") == 1)
        assert topic not in later.retained
