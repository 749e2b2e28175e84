"""Retained topics: the newest state of each queue wins, bursts are merged."""

import asyncio
from typing import Final

import structlog

from api_queue.errors import BrokerAway, LeaseLost, Unavailable
from api_queue.stream.beside import Beside
from api_queue.stream.fenced import FencedPublisher
from api_queue.stream.models import LibrarySource, OtherTopics, RelayStore, SnapshotSource
from api_queue.types import QueueName
from api_queue.web.personal import is_personal

TOPICS: Final = ("items", "items.csv", "settings", "session")
#: At most ten states of a queue in a second; also how soon one that failed is tried again.
MERGE_S: Final = 0.1
#: How often the library is asked whether it changed.
LIBRARY_S: Final = 5.0
#: Before a state that cannot be worked out is tried again.
RETRY_S: Final = 5.0
_log = structlog.get_logger()


class Retained:
    """A mark costs nothing; a state is read when its turn comes, so what waits is always the newest.

    `alone`: no earlier leader can publish any more, so what is cleared now stays clear.
    """

    def __init__(
        self,
        publisher: FencedPublisher,
        store: RelayStore,
        source: SnapshotSource,
        library: LibrarySource,
        others: OtherTopics | None = None,
    ) -> None:
        self._publisher = publisher
        self._others = others
        self._beside = Beside(publisher)
        self._store = store
        self._source = source
        self._library = library
        self._marked: set[QueueName] = set()
        self._busy: set[QueueName] = set()
        self._any = asyncio.Event()
        self._sent: dict[str, int] = {}
        self.alone = False

    def mark(self, queue: QueueName) -> None:
        self._marked.add(queue)
        self._any.set()

    async def mark_all(self) -> None:
        """Doubts whatever the broker holds: what has not changed is published too, and what is gone is cleared."""
        self._sent.clear()
        for queue in {*await self._source.names(), *await self._store.announced()}:
            if not is_personal(queue):
                self.mark(queue)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_library(), name="retained-library")
            group.create_task(self._beside.run(), name="retained-beside")
            while True:
                await self._any.wait()
                self._any.clear()
                for queue in self._marked - self._busy:
                    self._busy.add(queue)
                    group.create_task(self._publish_while_marked(queue), name=f"retained-{queue}")

    async def flush(self) -> None:
        for queue in list(self._marked):
            await self._publish(queue)

    async def _publish_while_marked(self, queue: QueueName) -> None:
        while queue in self._marked:
            try:
                await self._publish(queue)
            except BrokerAway:
                await self._publisher.connected()
            except (Unavailable, LeaseLost):
                pass
            except Exception:  # of one queue: the others are published
                _log.exception("the state of a queue cannot be published", queue=queue)
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(MERGE_S)
        self._busy.discard(queue)

    async def _publish(self, queue: QueueName) -> None:
        """What fails stays marked; what changes meanwhile is marked again."""
        self._marked.discard(queue)
        try:
            await self._publish_state(queue, await self._source.retained(queue))
        except BaseException:
            self._marked.add(queue)
            raise

    async def _publish_state(self, queue: QueueName, state: dict[str, str]) -> None:
        if state:
            await self._store.announce(queue)
        for topic in TOPICS:
            await self._publish_changed(f"queue/{queue}/{topic}", state.get(topic, ""))
        if self._others is not None:  # after ours, which wait for nobody else's
            await self._publish_others(await self._others.of_queue(queue))
        if not state and self.alone:
            await self._store.forget(queue)

    async def _publish_changed(self, topic: str, payload: str) -> None:
        if self._sent.get(topic) != hash(payload):
            await self._publisher.publish(topic, payload, retain=True)
            self._sent[topic] = hash(payload)

    async def _publish_others(self, state: dict[str, str]) -> None:
        for topic, payload in state.items():
            if self._sent.get(topic) != hash(payload):
                await self._beside.publish(topic, payload)
                self._sent[topic] = hash(payload)

    async def _follow_library(self) -> None:
        while True:
            try:
                await self._publisher.connected()
                library = await self._library.library()
                if library is not None:
                    await self._publish_changed("tracks", library)
                if self._others is not None:
                    await self._publish_others(await self._others.of_library())
            except (Unavailable, LeaseLost):  # asked again soon
                pass
            await asyncio.sleep(LIBRARY_S)
