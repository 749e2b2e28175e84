"""Songs as long as real ones that weigh a hundred bytes: FLAC files of which only the head is true (RFC 9639, 8)."""

import random
from pathlib import Path
from typing import Final

_RATE_HZ: Final = 8_000
_LENGTHS_S: Final = (150, 300)
_STREAMINFO: Final = 0
_COMMENTS: Final = 4
_LAST: Final = 0x80
_BLOCK_SAMPLES: Final = 4096


def make_songs(folder: Path, count: int, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a seed is what we want
    folder.mkdir()
    for number in range(1, count + 1):
        song = silent_flac(dice.randint(*_LENGTHS_S), f"Song {number:03}", number)
        (folder / f"song-{number:03}.flac").write_bytes(song)


def silent_flac(length_s: int, title: str, number: int) -> bytes:
    """`number` stands where the checksum of the sound would: it tells one song from the other."""
    sound = (_RATE_HZ << 44 | 0 << 41 | 15 << 36 | length_s * _RATE_HZ).to_bytes(8, "big")  # one channel of 16 bits
    blocks = _BLOCK_SAMPLES.to_bytes(2, "big") * 2
    info = blocks + bytes(6) + sound + number.to_bytes(16, "big")
    comments = _text("") + (1).to_bytes(4, "little") + _text(f"TITLE={title}")
    return b"fLaC" + _block(_STREAMINFO, info) + _block(_COMMENTS | _LAST, comments) + bytes(64)


def _block(kind: int, data: bytes) -> bytes:
    return bytes([kind]) + len(data).to_bytes(3, "big") + data


def _text(text: str) -> bytes:
    return len(text.encode()).to_bytes(4, "little") + text.encode()
