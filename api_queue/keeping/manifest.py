"""What a backup says of itself: one JSON file beside the others, that names each of them with its SHA-256."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Raw, Struct

from api_queue import __version__
from api_queue.errors import StartRefused

FILE: Final = "manifest.json"
#: Grows when an older program could not read what a newer one saves.
FORMAT: Final = 1
CHUNK: Final = 1 << 20


class Saved(Struct, frozen=True):
    """A file of the backup, by its path there."""

    path: str
    bytes: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True):
    """`taken_at_ms`: what the backup holds is as it was then, or a moment later. `sql`: which database was saved."""

    format: int = FORMAT
    version: str = __version__
    taken_at_ms: int
    sql: str
    counts: dict[str, int]
    files: tuple[Saved, ...]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


class _Sealed(Struct):
    sha256: str
    manifest: Raw


def write(folder: Path, manifest: Manifest) -> None:
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    digest = hashlib.sha256(text).hexdigest().encode()
    save(folder / FILE, b'{"sha256": "%b", "manifest": %b}\n' % (digest, text))


def read(folder: Path) -> Manifest:
    """Raises StartRefused for what is no backup, a damaged one, or one that a newer program made."""
    try:
        sealed = msgspec.json.decode((folder / FILE).read_bytes(), type=_Sealed)
    except FileNotFoundError:
        raise StartRefused(reason=f"There is no backup in {folder}: it has no {FILE}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _damaged(folder, FILE) from None
    text = bytes(sealed.manifest)
    if hashlib.sha256(text).hexdigest() != sealed.sha256:
        raise _damaged(folder, FILE)
    made_by = msgspec.json.decode(text, type=dict[str, Raw])
    if msgspec.json.decode(made_by["format"], type=int) > FORMAT:
        version = msgspec.json.decode(made_by["version"], type=str)
        raise StartRefused(reason=f"{folder} was saved by api_queue {version}, which is newer: upgrade this one first.")
    return msgspec.json.decode(text, type=Manifest)


def verify(folder: Path, manifest: Manifest, done: Callable[[int], None]) -> None:
    """Raises StartRefused with the name of the first file that is not as it was saved. `done` hears of bytes."""
    for saved in manifest.files:
        try:
            size, digest = fingerprint(folder / saved.path, done)
        except OSError:
            raise _damaged(folder, saved.path, "cannot be read") from None
        if (size, digest) != (saved.bytes, saved.sha256):
            raise _damaged(folder, saved.path)


def _damaged(folder: Path, name: str, how: str = "is damaged") -> StartRefused:
    return StartRefused(reason=f"The backup {folder} cannot be used: its file {name} {how}. Take another one.")


# -- files -----------------------------------------------------------------------------------------------------


def fingerprint(path: Path, done: Callable[[int], None] = lambda _bytes: None) -> tuple[int, str]:
    """Its length in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            done(len(chunk))
    return size, digest.hexdigest()


def save(path: Path, content: bytes) -> None:
    """For its owner alone, and on the disk when this returns."""
    with open(path, "xb", opener=private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def private(path: str, flags: int) -> int:
    """An opener of files that only their owner may read."""
    return os.open(path, flags, 0o600)


def sync_folder(folder: Path) -> None:
    """The folder says which file has the name; that must last as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
