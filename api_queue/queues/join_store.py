"""Who has joined a queue, and its join code, in Redis."""

from collections import Counter
from collections.abc import Mapping

from api_queue.drivers.redis import Redis
from api_queue.errors import UnknownQueue
from api_queue.queues.joining import JoinCode, NotSeated, Seat
from api_queue.queues.keys import guests, key, rows
from api_queue.types import QueueName


class RedisJoins:
    """joining.JoinStore."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def code(self, name: QueueName, new: JoinCode, now_ms: int, *, anew: bool) -> JoinCode:
        args = (now_ms, new.as_text(), int(anew))
        text = await self._redis.script("queues/code", [key(name, "meta"), key(name, "code")], args)
        if not text:
            raise UnknownQueue(queue=name)
        return JoinCode.from_text(text)

    async def known_code(self, name: QueueName) -> JoinCode | None:
        text = await self._redis.call("GET", key(name, "code"))
        return JoinCode.from_text(text) if text else None

    async def join(self, name: QueueName, seat: Seat) -> str | NotSeated:
        table = (int(seat.table is not None), seat.table or "")
        args = (seat.guest_id, int(seat.guest), int(seat.admitted), *table)
        answer = await self._redis.script("queues/join", [*rows(name), *guests(name)], args)
        if answer[0] == "gone":
            raise UnknownQueue(queue=name)
        return str(answer[1]) if answer[0] == "ok" else NotSeated(*answer)

    async def tables(self, name: QueueName) -> Mapping[str, int]:
        tables: list[str] = await self._redis.call("HVALS", key(name, "joined"))
        return dict(sorted(Counter(filter(None, tables)).items()))
