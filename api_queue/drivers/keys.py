"""The server's own keys: random bytes in a file that only its user can read, made at first use."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def load_or_make(path: Path, size: int = 32) -> bytes:
    """The key at `path`. Of several processes that start at once, the first to link its file wins for all."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make(path, size)
    return path.read_bytes()


def replace(path: Path, key: bytes) -> None:
    _draft(path, key).replace(path)


def _make(path: Path, size: int) -> None:
    draft = _draft(path, secrets.token_bytes(size))
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _draft(path: Path, key: bytes) -> Path:
    """Written whole and synced under another name first: no reader and no power cut sees half a key."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return draft
