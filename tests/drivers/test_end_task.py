"""The end of a task that holds a subscription, which may not hear that it is to end."""

import asyncio

from api_queue.drivers.redis import end_task


async def test_a_task_that_swallows_its_first_cancellation_is_ended_all_the_same() -> None:
    cancelled = 0

    async def stubborn() -> None:
        nonlocal cancelled
        while cancelled < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await end_task(task)
    assert task.done()
    assert cancelled == 2


async def test_a_task_that_is_over_is_left_alone() -> None:
    async def brief() -> None: ...

    task = asyncio.create_task(brief())
    await task
    await end_task(task)
    assert not task.cancelled()
