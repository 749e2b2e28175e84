"""Passwords are hashed with argon2id, beside the event loop."""

import asyncio

from api_queue.accounts import passwords
from api_queue.accounts.passwords import Passwords


async def test_a_password_fits_its_own_hash_alone() -> None:
    keeper = Passwords()
    kept = await keeper.hash("correct horse")
    assert await keeper.fits("correct horse", kept)
    assert not await keeper.fits("correct horses", kept)


async def test_the_hash_is_argon2id_and_salted() -> None:
    keeper = Passwords()
    first, second = await asyncio.gather(keeper.hash("correct horse"), keeper.hash("correct horse"))
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


async def test_where_there_is_no_hash_the_same_work_is_done() -> None:
    # Given what is counted: how often argon2 ran
    keeper, runs = Passwords(), []
    hash_one = keeper.hash

    async def counted(password: str) -> str:
        runs.append(password)
        return await hash_one(password)

    keeper.hash = counted  # type: ignore[method-assign]
    # When somebody tries a name that is not there, then nothing fits, after one run
    assert not await keeper.fits("correct horse", None)
    assert runs == ["correct horse"]


async def test_the_loop_goes_on_and_few_are_hashed_at_once() -> None:
    keeper, most, ticks = Passwords(), 0, 0
    hashing = [asyncio.create_task(keeper.hash(f"password {n}")) for n in range(6)]
    while not all(task.done() for task in hashing):
        await asyncio.sleep(0)
        ticks += 1
        most = max(most, passwords._AT_ONCE - keeper._room._value)
    assert ticks > 10
    assert most == passwords._AT_ONCE
