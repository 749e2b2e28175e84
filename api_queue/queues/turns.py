"""Whoever would lose a race for a queue to a neighbour in this process waits for its turn instead.

The scripts refuse what was worked out from an old revision. Of thirty seeks at once each would be worked out up to
thirty times, and most be given up; so only those of other processes meet there.
"""

from asyncio import Lock
from typing import Final
from weakref import WeakValueDictionary

from api_queue.types import QueueName

#: How often a change is worked out again when the queue moved underneath; then the caller is told (QueueMoved). Of
#: three workers who are all at it one gets through each time, and nobody is to be the unlucky one so often.
TRIES: Final = 32


class Turns:
    """`async with turns(name)`. A lock is there for as long as somebody holds it or waits."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[QueueName, Lock] = WeakValueDictionary()

    def __call__(self, name: QueueName) -> Lock:
        return self._locks.setdefault(name, Lock())
