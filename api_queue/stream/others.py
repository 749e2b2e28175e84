"""Topics beside ours of several other systems."""

from collections.abc import Sequence

from api_queue.stream.models import OtherTopics
from api_queue.types import QueueName


class Several:
    """`stream.models.OtherTopics`. None of them says what another one does."""

    def __init__(self, each: Sequence[OtherTopics]) -> None:
        self._each = each

    async def of_queue(self, queue: QueueName) -> dict[str, str]:
        return {topic: text for each in self._each for topic, text in (await each.of_queue(queue)).items()}

    async def of_library(self) -> dict[str, str]:
        return {topic: text for each in self._each for topic, text in (await each.of_library()).items()}
