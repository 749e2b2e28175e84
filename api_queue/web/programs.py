"""Programs: what the holder of an API key may do with which queue of messages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, get_args

from api_queue.errors import MissingQueueRight
from api_queue.types import Right

RIGHTS: Final[tuple[Right, ...]] = get_args(Right)
#: Stands for every queue of messages; where it is given, the queues that are named beside it do not count.
ALL_QUEUES: Final = "*"
#: A queue of messages that programs may name. Those of background tasks, `_jobs.*`, are none.
MESSAGE_QUEUE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
#: The queue of messages to which tracklists are ordered; who may send there may order them here too.
TRACKLIST_ORDERS: Final = "tracklist_search_queue"
#: No queue of messages: who may READ it may look at the figures and the health of the server.
METRICS: Final = "metrics"
#: What the keys that we make begin with.
KEY_PREFIX: Final = "aqk_"
#: What follows the name of a queue in that of its dead letters.
DEAD: Final = ".dead"


@dataclass(frozen=True, slots=True)
class Program:
    """Its rights by queue of messages, or by `*`; `description` is what the key's maker said of it."""

    key_id: str
    description: str
    queues: Mapping[str, frozenset[Right]] = field(hash=False)  # a caller can be a key of a cache

    def rights_on(self, queue: str) -> frozenset[Right]:
        """Dead letters go with their queue; on what is no name of a queue nobody has any."""
        if not MESSAGE_QUEUE.fullmatch(queue):
            return frozenset()
        everywhere = self.queues.get(ALL_QUEUES)
        return self.queues.get(queue.removesuffix(DEAD), frozenset()) if everywhere is None else everywhere

    def demand(self, queue: str, right: Right) -> None:
        """Raises MissingQueueRight."""
        if right not in self.rights_on(queue):
            raise MissingQueueRight(right=right, queue=queue)


#: Who is no program has no rights as one; an admin has them all.
NO_PROGRAM: Final = Program("", "", MappingProxyType({}))
ADMIN: Final = Program("", "admin of this server", MappingProxyType({ALL_QUEUES: frozenset(RIGHTS)}))
