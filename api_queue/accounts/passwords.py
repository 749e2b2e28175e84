"""Passwords as argon2id hashes. It takes 20 MB and some hundredths of a second each, which is the point of it."""

import asyncio
from functools import partial
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

#: The smallest that OWASP's cheat sheet gives, in KiB: a Raspberry Pi is also the server of the music.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: The others wait: guests who log in all at once must not take the memory and the cores of the room.
_AT_ONCE: Final = 2


class Passwords:
    """Off the event loop. Passwords are as `account_models.normal_password` makes them."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def fits(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the one. It takes as long where there is none (`password_hash` None)."""
        if password_hash is None:
            await self.hash(password)
            return False
        async with self._room:
            return await asyncio.to_thread(partial(_fits, password, password_hash))


def _fits(password: str, password_hash: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except VerifyMismatchError:
        return False
