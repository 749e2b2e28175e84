"""FLAC files of any kind. The headers are real; the sound is noise, since a scan never decodes it."""

import hashlib
import struct
from dataclasses import dataclass, field
from pathlib import Path

RATE = 44_100
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
JPEG = b"\xff\xd8\xff\xe0" + b"a photograph"


@dataclass(frozen=True)
class Flac:
    """`sound` decides the MD5 in the header (and so the track's id); `frames` what follows it."""

    sound: str = "la la la"
    comments: dict[str, str | list[str]] = field(default_factory=dict)
    seconds: float = 180.0
    picture: bytes = b""
    picture_type: int = 3
    has_md5: bool = True
    frames: bytes = b"\xff\xf8" + bytes(range(256)) * 4

    def __bytes__(self) -> bytes:
        blocks = [(0, self._stream_info()), (4, self._comments())]
        if self.picture:
            blocks.append((6, self._picture()))
        return b"fLaC" + b"".join(self._block(*block) for block in blocks) + self._block(0x81, bytes(64)) + self.frames

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(self))
        return path

    @staticmethod
    def _block(kind: int, body: bytes) -> bytes:
        return bytes([kind]) + len(body).to_bytes(3, "big") + body

    def _stream_info(self) -> bytes:
        packed = (RATE << 44) | (1 << 41) | (15 << 36) | round(self.seconds * RATE)
        md5 = hashlib.md5(self.sound.encode()).digest() if self.has_md5 else bytes(16)
        return struct.pack(">HH6sQ", 4096, 4096, bytes(6), packed) + md5

    def _comments(self) -> bytes:
        pairs = [(k, v) for k, vs in self.comments.items() for v in ([vs] if isinstance(vs, str) else vs)]
        lines = [f"{key}={value}".encode() for key, value in pairs]
        return _text(b"tests") + struct.pack("<I", len(lines)) + b"".join(map(_text, lines))

    def _picture(self) -> bytes:
        mime = b"image/png"
        head = struct.pack(">II", self.picture_type, len(mime)) + mime + struct.pack(">I", 0)
        return head + struct.pack(">IIIII", 0, 0, 24, 0, len(self.picture)) + self.picture


def _text(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value


def song(title: str, artist: str = "", **more: str | list[str]) -> Flac:
    """Its sound is of its own, as its title and artist are."""
    artists = {"ARTIST": artist} if artist else {}
    return Flac(f"{artist}/{title}", {"TITLE": title, **artists, **more})
