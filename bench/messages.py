"""Figure 4: messages sent, received and deleted a second, one for each request, on one worker.

Beside it, in alternating rounds, a bare Sanic handler that is asked the same by the same client: `alone` is one program
(httpx) that waits for each answer, `alone_more_us` what it waits for longer, `of_32` are 32 connections of wrk. So many
messages are `waiting` before those of the round. `appendfsync` is what Redis does before it answers: `always` waits for
the disk, and `disk_sync_us` is what an append and its `fdatasync` take at the same time, mean, beside all that the disk
had to do for others; `everysec` does not, as the servers do not that the bars were taken from.
"""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from api_queue.drivers.clock import SystemClock
from api_queue.drivers.redis import connect
from api_queue.messages.bell import BellOfScripts
from api_queue.messages.models import Draft, Limits, Wish
from api_queue.messages.redis_store import RedisMessages
from api_queue.messages.service import MessageService
from api_queue.types import MessageQueueName
from bench.adds import wrk
from bench.measure import API_KEY, Live, Process, Row, bare_server, live_server

#: How Redis writes, and at how many waiting.
ROUNDS_OF = {"always": (0, 100_000, 1_000_000), "everysec": (0, 100_000)}
VERBS = ("send", "receive", "delete")
ROUNDS = 3
#: Requests of the one client in a round.
ALONE = 1_000
#: More than the 32 connections can take or delete within a round.
STOCK = 40_000
CONNECTIONS = 32
SYNCS = 200
HELD_S = 40_000
QUEUE = MessageQueueName("bench")
PATH = f"/api/v1/queues/{QUEUE}/messages"
BODY = b'{"message_body":{"type":"user_signup","user_id":"123"}}'


def run() -> list[Row]:
    with bare_server() as bare:
        return [row for sync, levels in ROUNDS_OF.items() for row in _rows(bare, sync, levels)]


def _rows(bare: Process, sync: str, levels: Sequence[int]) -> list[Row]:
    with live_server(sync) as live:
        return [{"appendfsync": sync} | _row(live, bare, waiting, verb) for waiting in levels for verb in VERBS]


@dataclass(frozen=True)
class Pair:
    """Requests a second of ours and of the bare handler, in neighbouring rounds."""

    ours: float
    bare: float


def _row(live: Live, bare: Process, waiting: int, verb: str) -> Row:
    alone, of_many, syncs_us = [], [], []
    file = live.data / "receipts"
    for _ in range(ROUNDS):
        receipts = asyncio.run(_fill(live, waiting, verb))
        requests = _requests(verb, receipts)
        syncs_us.append(_sync_us(live.data / "syncs"))
        alone.append(Pair(_alone(live.url, requests), _alone(bare.url, requests)))
        file.write_text("\n".join(receipts[ALONE:]))
        of_many.append(Pair(_of_many(live.url, verb, file), _of_many(bare.url, verb, file)))
    return {
        "waiting": waiting,
        "verb": verb,
        "alone_per_s": round(median(pair.ours for pair in alone)),
        "alone_share_of_bare": round(median(pair.ours / pair.bare for pair in alone), 2),
        "alone_more_us": round(median(1e6 / pair.ours - 1e6 / pair.bare for pair in alone)),
        "disk_sync_us": round(median(syncs_us)),
        "of_32_per_s": round(median(pair.ours for pair in of_many)),
        "of_32_share_of_bare": round(median(pair.ours / pair.bare for pair in of_many), 2),
    }


def _of_many(url: str, verb: str, receipts: Path) -> float:
    return wrk(url, "messages.lua", verb, QUEUE, API_KEY, str(receipts), connections=CONNECTIONS)


def _sync_us(file: Path) -> float:
    """Of as many bytes as a send adds to the log of Redis."""
    with file.open("wb", buffering=0) as log:
        began_s = time.perf_counter()
        for _ in range(SYNCS):
            log.write(bytes(590))
            os.fdatasync(log)
        return (time.perf_counter() - began_s) / SYNCS * 1e6


# -- one client ------------------------------------------------------------------------------------------------


Request = tuple[str, str, bytes]


def _requests(verb: str, receipts: Sequence[str]) -> list[Request]:
    if verb == "send":
        return [("POST", PATH, BODY)] * ALONE
    if verb == "receive":
        return [("POST", f"{PATH}/receive?max_messages=1&visibility_timeout={HELD_S}", b"")] * ALONE
    return [("DELETE", f"{PATH}/{receipt}", b"") for receipt in receipts[:ALONE]]


def _alone(url: str, requests: Sequence[Request]) -> float:
    """Each is sent when the one before is answered, over one connection."""
    with httpx.Client(base_url=url, headers={"X-API-Key": API_KEY}) as program:
        began_s = time.perf_counter()
        for method, path, body in requests:
            assert program.request(method, path, content=body).status_code == 200
        return len(requests) / (time.perf_counter() - began_s)


# -- the queue -------------------------------------------------------------------------------------------------


async def _fill(live: Live, waiting: int, verb: str) -> list[str]:
    """So many wait at least, and what the round takes besides; receipts, if it deletes."""
    redis = connect(f"unix://{live.redis_socket}")
    service = MessageService(RedisMessages(redis), BellOfScripts(redis), SystemClock(), Limits())
    if (await service.info(QUEUE)).messages > 2 * waiting:  # what rounds before have sent, or hold
        await service.clear(QUEUE)
    stock = 0 if verb == "send" else STOCK
    for some in _hundreds(waiting + stock - (await service.info(QUEUE)).available):
        await asyncio.gather(*(service.send(QUEUE, *[Draft(BODY.decode())] * 100) for _ in range(some)))
    receipts = [await service.receive(QUEUE, Wish(100, HELD_S)) for _ in range(STOCK // 100 if verb == "delete" else 0)]
    await redis.close()
    return [str(message.receipt) for messages in receipts for message in messages]


def _hundreds(messages: int) -> Iterator[int]:
    """In steps of at most thirty hundred."""
    left = -(-messages // 100)
    while left > 0:
        yield min(left, 30)
        left -= 30
