"""Who stops taking is dropped; who goes on taking is not, however slowly."""

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, cast

from api_queue.web.stall_watch import StallWatch

TIMEOUT_S = 0.05


@dataclass
class Line:
    """A connection that only knows whether it was broken off."""

    aborted: asyncio.Event = field(default_factory=asyncio.Event)

    def abort(self) -> None:
        self.aborted.set()

    def watched(self) -> StallWatch:
        return StallWatch(cast("Any", self), TIMEOUT_S)


async def test_without_progress_the_line_is_cut() -> None:
    line = Line()
    with line.watched():
        async with asyncio.timeout(30):
            await line.aborted.wait()


async def test_with_progress_it_holds_for_longer_than_the_timeout() -> None:
    line, now_s = Line(), asyncio.get_running_loop().time
    taken_s = [now_s()]
    with line.watched() as watch:
        while taken_s[-1] < taken_s[0] + 4 * TIMEOUT_S:
            await asyncio.sleep(0)
            watch.progress()
            taken_s.append(now_s())
    # A busy machine may have kept all of us waiting for that long
    stalled_s = max(after - before for before, after in pairwise(taken_s))
    assert not line.aborted.is_set() or stalled_s >= TIMEOUT_S


async def test_it_is_cut_when_progress_ends() -> None:
    line = Line()
    with line.watched() as watch:
        watch.progress()
        async with asyncio.timeout(30):
            await line.aborted.wait()


async def test_after_the_last_byte_nobody_watches_any_more() -> None:
    line = Line()
    with line.watched():
        pass
    await asyncio.sleep(3 * TIMEOUT_S)
    assert not line.aborted.is_set()
