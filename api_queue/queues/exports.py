"""Exports in the data folder: a ZIP file for each, whole under its name or not there. They stay until somebody removes
them.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from api_queue.errors import UnknownExport

_NAME: Final = re.compile(r"[a-z0-9_-]{1,64}\.zip")


class Exports:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, files: Mapping[str, str]) -> int:
        """Its bytes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f"draft-{name}"
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in files.items():
                archive.writestr(file, content)
        draft.rename(self._folder / name)
        return (self._folder / name).stat().st_size

    def path(self, name: str) -> Path:
        """Raises UnknownExport."""
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise UnknownExport(name=name)
        return path
