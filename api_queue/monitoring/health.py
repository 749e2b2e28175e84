"""How each part of the server is: a level, a sentence, and what to do about it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Literal

import msgspec
import structlog

from api_queue.errors import Unavailable

Level = Literal["ok", "warn", "bad"]
#: From best to worst. `warn`: somebody should look; `bad`: guests or screens notice.
LEVELS: Final[tuple[Level, ...]] = ("ok", "warn", "bad")
#: A part that takes longer is as good as away: whoever asks has a timeout too.
PATIENCE_S: Final = 2.0
_log = structlog.get_logger()


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """`detail` says how it is, `todo` what helps."""

    status: Level
    detail: str
    todo: str = ""


Check = Callable[[], Awaitable[Finding]]


class HealthService:
    """Asks each part by its check. One that raises has told how it is as well."""

    def __init__(self, checks: Mapping[str, Check], patience_s: float = PATIENCE_S) -> None:
        self._checks = checks
        self._patience_s = patience_s

    async def look(self) -> dict[str, Finding]:
        found = await asyncio.gather(*(self._look(part, check) for part, check in self._checks.items()))
        return dict(zip(self._checks, found, strict=True))

    async def _look(self, part: str, check: Check) -> Finding:
        try:
            async with asyncio.timeout(self._patience_s):
                return await check()
        except TimeoutError:
            return Finding("bad", f"It does not answer within {self._patience_s:g} s.", "Look what its machine does.")
        except Unavailable:
            return Finding("warn", "Nobody can tell, since it stands on a part that is away.", "See redis and sql.")
        except Exception:  # whatever its library raises
            _log.exception("a part could not be looked at", part=part)
            return Finding("bad", "It could not be looked at.", "Look at the log of the server.")


def worst(findings: Mapping[str, Finding]) -> Level:
    return max((finding.status for finding in findings.values()), key=LEVELS.index, default="ok")
