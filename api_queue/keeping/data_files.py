"""The files of the data folder that are saved as they are: everything but what is derived, or saved in another way."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from api_queue.keeping.manifest import CHUNK, Saved, fingerprint, private
from api_queue.settings import Settings

#: Names in the data folder: Redis and SQLite have ways of their own, the broker's state is published anew, previews are
#: made again, the link is good once.
PASSED_OVER: Final = frozenset({"redis", "mqtt", "lock", "admin-link", "previews", "restoring"})
#: Folders of what a restore has replaced.
_REPLACED: Final = "replaced-"
_DATABASE: Final = (".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal")
#: Of messages in JSON files, wherever these are.
MESSAGES: Final = "messages"


def messages_folder(settings: Settings) -> Path:
    own = settings.messages_json_folder
    return Path(own) if own else settings.data / MESSAGES


def to_save(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Each by its path in the backup, and where it is. Only links that operators put into the data folder itself lead
    out of it: `tracks` of several servers.
    """
    for entry in sorted(settings.data.iterdir()):
        name = entry.name
        if name not in {*PASSED_OVER, MESSAGES} and not name.startswith(_REPLACED) and not name.endswith(_DATABASE):
            yield from _below(entry, Path(name), follow=True)
    yield from _below(messages_folder(settings), Path(MESSAGES), follow=True)


def _below(path: Path, name: Path, *, follow: bool = False) -> Iterator[tuple[str, Path]]:
    """Only plain files; what is hidden or called a draft is one that is being written."""
    with suppress(FileNotFoundError):
        mode = path.stat(follow_symlinks=follow).st_mode
        if stat.S_ISDIR(mode):
            for entry in sorted(path.iterdir()):
                yield from _below(entry, name / entry.name)
        elif stat.S_ISREG(mode) and not path.name.startswith((".", "draft-")):
            yield str(name), path


def copy(source: Path, folder: Path, name: str) -> Saved | None:
    """For its owner alone, and as old as it is. None: it has gone meanwhile. On the disk when this returns."""
    target = folder / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with source.open("rb") as from_file, open(target, "xb", opener=private) as to_file:
            shutil.copyfileobj(from_file, to_file, CHUNK)
            to_file.flush()
            about = os.fstat(from_file.fileno())
            os.utime(to_file.fileno(), ns=(about.st_atime_ns, about.st_mtime_ns))
            os.fsync(to_file.fileno())
    except FileNotFoundError:
        return None
    return Saved(name, *fingerprint(target))
