"""Passwords are hashed with argon2id, beside the event loop."""

import asyncio
import threading

import pytest

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


class Argon2:
    """In its place: each run says that it has begun, and goes on when it may."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_go_on = threading.Event()

    def hash(self, password: str) -> str:
        self.begun.release()
        assert self.may_go_on.wait(20)
        return password


async def test_the_loop_goes_on_and_few_are_hashed_at_once_whoever_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given as many as may be hashed at once, for callers who then hang up
    argon2 = Argon2()
    monkeypatch.setattr(passwords, "_HASHER", argon2)
    keeper = Passwords()
    leaving = [asyncio.create_task(keeper.hash(f"password {n}")) for n in range(passwords._AT_ONCE)]
    for _ in leaving:
        assert await asyncio.to_thread(argon2.begun.acquire, timeout=20)
    for task in leaving:
        task.cancel()
    await asyncio.wait(leaving)
    # When more come, then they wait for those
    others = [asyncio.create_task(keeper.hash("correct horse")) for _ in range(4)]
    assert not await asyncio.to_thread(argon2.begun.acquire, timeout=0.05)
    argon2.may_go_on.set()
    assert await asyncio.gather(*others) == ["correct horse"] * 4
