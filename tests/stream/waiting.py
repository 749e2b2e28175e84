import asyncio
from collections.abc import Callable
from typing import Final

#: A busy machine is slow; what is awaited comes in a fraction of it.
PATIENCE_S: Final = 30.0


async def eventually(holds: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(within_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.002)
