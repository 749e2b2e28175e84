"""Exports in the data folder: a ZIP file for each, whole under its name or not there, and gone after thirty days."""

import os
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from api_queue.errors import UnknownExport

#: As long as the tasks that wrote them: who sang what is nobody's business for ever.
KEPT_MS: Final = 30 * 24 * 3_600_000
_NAME: Final = re.compile(r"[a-z0-9_-]{1,64}\.zip")


class Exports:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, files: Mapping[str, str], now_ms: int) -> int:
        """Its bytes. Names of the disk's files may stand in it, whatever their encoding is."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.sweep(now_ms)
        draft = self._folder / f"draft-{token_hex(8)}"
        try:
            with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED) as archive:
                for file, content in files.items():
                    archive.writestr(file, content.encode(errors="surrogateescape"))
            os.utime(draft, ns=(now_ms * 1_000_000,) * 2)
            draft.rename(self._folder / name)
        finally:
            draft.unlink(missing_ok=True)
        return (self._folder / name).stat().st_size

    def path(self, name: str) -> Path:
        """Raises UnknownExport."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise UnknownExport(name=name)
        return path

    def sweep(self, now_ms: int) -> None:
        """Old ones go, and drafts of a process that was killed."""
        with suppress(OSError):  # none was ever written, or another was faster
            for path in self._folder.iterdir():
                if path.stat().st_mtime_ns // 1_000_000 < now_ms - KEPT_MS:
                    path.unlink()
