"""Passwords as argon2id hashes. It takes 20 MB and some hundredths of a second each, which is the point of it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

#: The smallest that OWASP's cheat sheet gives, in KiB: a Raspberry Pi is also the server of the music.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: The others wait: guests who log in all at once must not take the memory and the cores of the room.
_AT_ONCE: Final = 2
T = TypeVar("T")


class Passwords:
    """Off the event loop. Passwords are as `account_models.normal_password` makes them.

    In threads of its own: one that works on for somebody who has hung up still counts.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, "argon2")

    async def hash(self, password: str) -> str:
        return await self._run(_HASHER.hash, password)

    async def fits(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the one. It takes as long where there is none (`password_hash` None)."""
        if password_hash is None:
            await self.hash(password)
            return False
        return await self._run(_fits, password, password_hash)

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _fits(password: str, password_hash: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False
