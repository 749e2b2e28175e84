"""What `check` finds: looked for twice, since what is on its way looks like a fault for a moment."""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

#: Longer than anything of ours is on its way.
PAUSE_S: Final = 1.0


class Finding(Struct, frozen=True):
    """`where`: the queue, table, file it is about. `repair`: what `--repair` does, '' where it can do nothing. `seen`:
    what is wrong, where it may be another wrong each time: then it is on its way.
    """

    code: str
    where: str
    sentence: str
    repair: str = ""
    seen: str = ""


class Check(Protocol):
    async def look(self) -> list[Finding]:
        """Changes nothing. The same fault is the same finding each time."""

    async def mend(self, findings: Sequence[Finding]) -> None:
        """Of its own findings those that have a repair; what is sound by now is left alone."""


class Report(Struct, frozen=True):
    mended: Sequence[Finding]
    standing: Sequence[Finding]


async def examine(checks: Sequence[Check], *, repair: bool, pause_s: float = PAUSE_S) -> Report:
    """What stands at the end; with `repair` also what stood before and is gone."""
    standing = {finding: check for check in checks for finding in await check.look()}
    if standing:
        await asyncio.sleep(pause_s)
        standing = await _still(standing)
    if not repair:
        return Report((), list(standing))
    for check in dict.fromkeys(standing.values()):
        await check.mend([each for each, of in standing.items() if of is check and each.repair])
    left = await _still(standing)
    return Report([finding for finding in standing if finding not in left], list(left))


async def _still(before: dict[Finding, Check]) -> dict[Finding, Check]:
    again = {finding for check in dict.fromkeys(before.values()) for finding in await check.look()}
    return {finding: check for finding, check in before.items() if finding in again}
