"""A Redis Cluster: each call goes to the node that has its key's slot, in that node's pipeline of this turn.

redis-py's own RedisCluster makes an object, a task and a connection's loan of each call; of the library we use here the
slot of a key, and what a node is (`docs/decisions/0020-redis-engines.md`).
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from redis.asyncio.client import PubSub
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, MovedError, ResponseError, TryAgainError

from api_queue.drivers.redis_server import Command, RedisServer
from api_queue.errors import Unavailable

Address = tuple[str, int]

#: They have no key: each node that has slots is asked, and one's reply is given.
_OF_ALL: Final = frozenset(("PING", "SCRIPT", "FLUSHALL", "CONFIG", "CLIENT", "TIME"))
#: Where a key stands, if not behind the name.
_KEY_AT: Final = {"EVALSHA": 3, "EVAL": 3}
#: Before each try; a node that refused has run nothing. A slot moves in milliseconds, a vote takes a second.
_PAUSES_S: Final = (0.0, 0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
#: A node that does not answer within this is passed over while we look for those that have the slots.
_PATIENCE_S: Final = 1.0
_PAUSE_S: Final = 0.2


class RedisCluster:
    """`seeds`: some of its nodes. `connect` makes the client of one."""

    def __init__(self, seeds: Sequence[Address], connect: Callable[[Address], RedisServer]) -> None:
        self._connect = connect
        self._nodes = {address: connect(address) for address in seeds}
        #: By slot.
        self._owners: dict[int, RedisServer] = {}
        self._recovering: asyncio.Task[None] | None = None

    async def ask(self, command: Command) -> Any:
        """Raises Unavailable when the node was lost: what it was sent may have run."""
        if command[0] in _OF_ALL:
            return (await asyncio.gather(*(node.ask(command) for node in await self._primaries())))[0]
        slot = _slot_of(command)
        for pause_s in _PAUSES_S:
            if pause_s:
                await asyncio.sleep(pause_s)
            try:
                return await self._ask_owner(slot, command)
            except MovedError as moved:
                self._owners[slot] = self._node(moved.node_addr)
            except (TryAgainError, ClusterDownError):
                pass
            self._recover()
        raise Unavailable(retry_after=1)

    async def keys(self, pattern: str) -> AsyncIterator[list[str]]:
        for node in await self._primaries():
            async for keys in node.keys(pattern):
                yield keys

    def pubsub(self) -> PubSub:
        """Of any node: each tells the others what is published."""
        return random.choice([*self._owners.values()] or [*self._nodes.values()]).pubsub()  # noqa: S311 - no secret

    async def close(self) -> None:
        """After the replies to all that was called before."""
        if self._recovering is not None:
            self._recovering.cancel()
        await asyncio.gather(*(node.close() for node in self._nodes.values()))

    # -- who has which slots -----------------------------------------------------------------------------------

    async def _ask_owner(self, slot: int, command: Command) -> Any:
        owner = await self._owner(slot)
        try:
            return await owner.ask(command)
        except MovedError:
            raise
        except AskError as importing:  # the slot is on its way there, and this key has arrived
            node = self._node(importing.node_addr)
            return (await asyncio.gather(node.ask(("ASKING",)), node.ask(command)))[1]
        except Unavailable:
            self._recover()
            raise

    async def _owner(self, slot: int) -> RedisServer:
        if not self._owners:
            await self._learn()
        if slot not in self._owners:
            raise Unavailable(retry_after=1)
        return self._owners[slot]

    async def _primaries(self) -> list[RedisServer]:
        if not self._owners:
            await self._learn()
        return list(dict.fromkeys(self._owners.values()))

    def _node(self, address: Address) -> RedisServer:
        if address not in self._nodes:
            self._nodes[address] = self._connect(address)
        return self._nodes[address]

    async def _learn(self) -> None:
        """From the first node that says it: one that is in no Cluster, or no longer, knows of none."""
        nodes = list(self._nodes.items())
        for (its_host, _), node in random.sample(nodes, len(nodes)):
            with suppress(Unavailable, ResponseError, TimeoutError):
                async with asyncio.timeout(_PATIENCE_S):
                    ranges = await node.ask(("CLUSTER", "SLOTS"))
                for first, last, (host, port, *_), *_ in ranges:
                    owner = self._node((host or its_host, port))  # one that has met nobody does not know its own
                    self._owners.update(dict.fromkeys(range(first, last + 1), owner))
                if ranges:
                    return
        raise Unavailable(retry_after=1)

    def _recover(self) -> None:
        if self._recovering is None or self._recovering.done():
            self._recovering = asyncio.create_task(self._until_well(), name="redis-cluster")

    async def _until_well(self) -> None:
        """Until all nodes that have slots answer: after a failover nobody has to fail to find the new one."""
        while True:
            with suppress(Unavailable, TimeoutError):
                await self._learn()
                async with asyncio.timeout(_PATIENCE_S):
                    await self.ask(("PING",))
                return
            await asyncio.sleep(_PAUSE_S)


def _slot_of(command: Command) -> int:
    key = command[_KEY_AT.get(str(command[0]), 1)]
    return key_slot(key if isinstance(key, bytes) else str(key).encode())
