"""A role runs until its work is done or it is told to end."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from api_queue.serving.roles import ROLES, _until_told


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_each_role_is_known_by_its_name() -> None:
    assert set(ROLES) == {"relay", "conductor", "worker"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_work_and_lets_it_tidy_up(number: signal.Signals) -> None:
    # Given work that never ends by itself
    said = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.Event().wait()
        finally:
            said.append("tidied up")

    # When it is told to end, then it does, and that is no fault
    async with asyncio.timeout(30):
        await _until_told(work())
    assert said == ["tidied up"]


async def test_work_that_is_done_ends_the_role() -> None:
    async with asyncio.timeout(30):
        await _until_told(asyncio.sleep(0))


async def test_work_that_breaks_is_not_hidden() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await _until_told(work())
