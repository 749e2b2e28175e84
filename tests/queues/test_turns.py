"""Many at once on one queue, in one process: none is refused, and nobody waits for another queue."""

import asyncio
import gc

from api_queue.queues.options import Options
from api_queue.queues.turns import Turns
from api_queue.types import QueueName
from tests.queues.party import Party, X


async def test_of_forty_controls_at_once_each_is_one_revision(party: Party) -> None:
    await party.add()
    rev = (await party.press("play")).rev
    seeks = [party.press("seek", position_ms=100 * n) for n in range(1, 31)]
    turns = [party.parts.options.change(X, Options(volume=n)) for n in range(10)]
    queues = await asyncio.gather(*seeks, *turns)
    assert sorted(queue.rev for queue in queues) == list(range(rev + 1, rev + 41))


async def test_other_queues_do_not_wait_and_nothing_is_left_of_a_turn() -> None:
    turns = Turns()
    async with turns(X), turns(QueueName("y")):
        assert turns(X).locked()
    gc.collect()
    assert len(turns._locks) == 0
