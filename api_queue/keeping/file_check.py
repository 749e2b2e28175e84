"""The data folder and the machine below it: who may read it, what was left in it, how much room, what time it is."""

import os
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.drivers.redis import Redis
from api_queue.keeping.findings import Finding

_DAY_S: Final = 24 * 3600
#: With less, an evening's changes may find no room.
_ROOM_BYTES: Final = 200_000_000
#: More is no delay of a network: one of the two clocks is wrong.
_APART_MS: Final = 1_000
#: Folders in which files are drafts until they are complete.
_DRAFTS: Final = ("tracks", "exports")


class FileCheck:
    """`findings.Check`."""

    def __init__(self, data: Path) -> None:
        self._data = data

    async def look(self) -> list[Finding]:
        return [*self._open_to_others(), *self._left_drafts(), *self._empty_keys()]

    def _open_to_others(self) -> Iterator[Finding]:
        """The data folder is closed, so that what is in it need not be, but for the keys."""
        for path in (self._data, *sorted((self._data / "keys").glob("*"))):
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                yield Finding("file_open", f"{path}", "Others on this machine may read it.", "closes it to them")

    def _left_drafts(self) -> Iterator[Finding]:
        """A day old: whoever wrote it has died."""
        for folder in _DRAFTS:
            for path in sorted((self._data / folder).glob("draft-*")):
                if path.stat().st_mtime < time.time() - _DAY_S:
                    yield Finding("file_draft", f"{path}", "It was never completed.", "removes it")

    def _empty_keys(self) -> Iterator[Finding]:
        for path in sorted((self._data / "keys").glob("*")):
            if not path.stat().st_size:
                what = "This key is empty: no login or address that it has signed is good. Take it from a backup."
                yield Finding("file_key", f"{path}", what)

    async def mend(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            _mend(Path(finding.where), finding.code)


def _mend(path: Path, code: str) -> None:
    if code == "file_open":
        path.chmod(0o700 if path.is_dir() else 0o600)
    else:
        path.unlink(missing_ok=True)


class MachineCheck:
    """`findings.Check`; none of it is for us to mend."""

    def __init__(self, data: Path, redis: Redis, clock: Clock) -> None:
        self._data = data
        self._redis = redis
        self._clock = clock

    async def look(self) -> list[Finding]:
        return [*self._disk(), *await self._time()]

    def _disk(self) -> Iterator[Finding]:
        about = os.statvfs(self._data)
        if about.f_flag & os.ST_RDONLY:
            yield Finding("disk_read_only", f"{self._data}", "Its disk takes no changes.")
        if about.f_bavail * about.f_frsize < _ROOM_BYTES:
            yield Finding("disk_full", f"{self._data}", f"Less than {_ROOM_BYTES // 10**6} MB are free on its disk.")

    async def _time(self) -> list[Finding]:
        seconds, micros = await self._redis.call("TIME")
        if abs(int(seconds) * 1000 + int(micros) // 1000 - self._clock.now_ms()) > _APART_MS:
            what = "Its time and ours differ by more than a second: times of starts and leases will be wrong."
            return [Finding("clock", "redis", what)]
        return []

    async def mend(self, findings: Sequence[Finding]) -> None:
        """Rooms and clocks are an operator's."""
