"""What becomes of the music that played when the server ended, and what its operator is told of it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from api_queue.errors import TrackNotFound, UnknownQueue
from api_queue.keeping.findings import Report, examine
from api_queue.keeping.found import Found
from api_queue.keeping.queue_check import QueueCheck
from api_queue.parts import Parts
from api_queue.queues.models import Queue
from api_queue.serving.conducting import CONDUCTOR_LEASE_MS

#: How often it is looked whether a conductor that died with its server still holds the lease.
LOOK_S: Final = 0.25
#: Sessions that are named, at most.
_NAMED: Final = 3


async def resume_sessions(parts: Parts, *, own_redis: bool) -> list[Queue]:
    """Before anybody can ask: the queues as they go on. A Redis that other servers use too is left alone while one of
    them conducts, and nothing of it is told.
    """
    if own_redis:
        return await _resume(parts)
    lease = parts.lease("conductor", CONDUCTOR_LEASE_MS)
    for _ in range(round(CONDUCTOR_LEASE_MS / 1000 / LOOK_S) + 2):
        if await lease.acquire():
            queues = await _resume(parts)
            await lease.release()
            return queues
        await asyncio.sleep(LOOK_S)
    return []


async def _resume(parts: Parts) -> list[Queue]:
    queues = []
    for name in await parts.queue_store.names():
        with suppress(UnknownQueue):
            queues.append(await parts.speakers.after_restart(name))
    return queues


async def mend_queues(parts: Parts) -> Report:
    """After the server was cut off, before anybody can change them."""
    now_ms = parts.clock.now_ms()
    check = QueueCheck(parts.redis, parts.arrangements, Found(parts.settings.data, now_ms), now_ms)
    return await examine([check], repair=True, pause_s=0)


# -- the line at the start -------------------------------------------------------------------------------------


async def told(parts: Parts, queues: Sequence[Queue], mended: Report | None) -> str:
    """`3 queues, 41 songs wait; party goes on with "Night Highway" at 1:43; nothing that was answered is lost`

    `mended`: after the server was cut off. `queues` are in a Redis of ours.
    """
    waiting = sum(queue.waiting for queue in queues)
    words = [f"{_many(len(queues), 'queue')}, {_many(waiting, 'song')} wait{'s' if waiting == 1 else ''}"]
    words += [await _going(parts, queue) for queue in queues if queue.session.item_id][:_NAMED]
    risked = mended is not None and parts.settings.redis_appendfsync == "everysec"
    words.append("at most its last second is lost" if risked else "nothing that was answered is lost")
    return f"{'; '.join(words)}.{_cut_off(mended)}"


async def _going(parts: Parts, queue: Queue) -> str:
    session = queue.session
    title = "a song that has left the library"
    with suppress(TrackNotFound):
        title = f'"{(await parts.tracks.track(session.track_id or "")).title}"'
    seconds = max(0, session.projected_ms(parts.clock.now_ms())) // 1000
    goes = "goes on with" if session.state == "playing" else "waits in"
    return f"{queue.name} {goes} {title} at {seconds // 60}:{seconds % 60:02}"


def _cut_off(mended: Report | None) -> str:
    if mended is None:
        return ""
    if not (mended.mended or mended.standing):
        return " The server had been cut off; its queues are sound."
    names = ", ".join(sorted({finding.where for finding in (*mended.mended, *mended.standing)}))
    return f" The server had been cut off; mended: {names}. Look with check."


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
