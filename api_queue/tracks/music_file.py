"""One FLAC on the disk and what stands beside it: `.lrc` with its name, `cover.jpg` or `folder.jpg` in its folder.

Only plain files are opened, never through a link: a cover that is a link to somebody's letters stays shut.
"""

import hashlib
import os
import stat
from base64 import b32encode
from pathlib import Path
from typing import BinaryIO, Final

from mutagen.flac import FLAC, VCFLACDict

from api_queue.errors import NotMusic
from api_queue.formats import lrc
from api_queue.tracks.models import Cover, Lyrics, Track
from api_queue.tracks.tags import clean, track_of
from api_queue.types import TrackId

COVER_NAMES: Final = ("cover.jpg", "folder.jpg", "cover.png", "folder.png", "Cover.jpg", "Folder.jpg")
#: As large as a picture inside a FLAC can be.
COVER_MAX_BYTES: Final = 16 << 20
LYRICS_MAX_BYTES: Final = 1 << 20
_FRONT_COVER: Final = 3
_READ_BYTES: Final = 1 << 20


def open_plain(path: Path) -> BinaryIO:
    """Raises OSError; a pipe or device is refused without waiting for its other end."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotMusic(reason="it is not a plain file")
    return file


def read_track(path: Path) -> Track:
    """Raises NotMusic, OSError."""
    with open_plain(path) as file:
        flac = _flac(file)
        _check(flac)
        cover, lyrics = _cover(flac, path), _lyrics(flac, path)
        return track_of(
            _audio_id(flac, file),
            _comments(flac),
            stem=path.stem,
            duration_ms=round(flac.info.length * 1000),
            sample_rate=flac.info.sample_rate,
            channels=flac.info.channels,
            cover=cover.media_type if cover else None,
            lyrics=lyrics is not None,
        )


def read_cover(path: Path) -> Cover | None:
    with open_plain(path) as file:
        return _cover(_flac(file), path)


def read_lyrics(path: Path) -> Lyrics | None:
    with open_plain(path) as file:
        return _lyrics(_flac(file), path)


def image_type(image: bytes) -> str | None:
    """By the first bytes, whatever the tag or the name says; SVG can carry scripts and is none of these."""
    if image.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if image.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if image[:4] == b"RIFF" and image[8:12] == b"WEBP":
        return "image/webp"
    return None


def _flac(file: BinaryIO) -> FLAC:
    try:
        return FLAC(fileobj=file)  # type: ignore[no-untyped-call]  # mutagen's types are incomplete
    except Exception as error:  # its own, or whatever else a broken file provokes
        raise NotMusic(reason=f"it is no readable FLAC ({clean(f'{error}')})") from error


def _check(flac: FLAC) -> None:
    if not flac.info.length:
        raise NotMusic(reason="its header does not say how long it is; encode it anew with `flac`")
    if not flac.info.bitrate:
        raise NotMusic(reason="it ends where its sound should begin")


def _comments(flac: FLAC) -> dict[str, list[str]]:
    """In one pass: mutagen's own lookup walks all comments for each key, and a hostile file has a million."""
    comments: dict[str, list[str]] = {}
    for key, value in flac.tags if isinstance(flac.tags, VCFLACDict) else ():
        comments.setdefault(key.lower(), []).append(value)
    return comments


# -- the id ----------------------------------------------------------------------------------------------------


def _audio_id(flac: FLAC, file: BinaryIO) -> TrackId:
    """26 letters and digits: the MD5 of the decoded sound, which moves and new tags leave as it is. An encoder
    that could not go back to write it left zeros; then it is a hash of the encoded sound.
    """
    digest = flac.info.md5_signature.to_bytes(16, "big")
    if not any(digest):
        digest = _frames_digest(file)
    return TrackId(b32encode(digest).decode().rstrip("=").lower())


def _frames_digest(file: BinaryIO) -> bytes:
    _to_frames(file)
    digest = hashlib.blake2b(digest_size=16)
    while chunk := file.read(_READ_BYTES):
        digest.update(chunk)
    return digest.digest()


def frames_digest(path: Path) -> bytes:
    """Of the encoded sound, whatever the tags. Raises OSError, NotMusic."""
    with open_plain(path) as file:
        return _frames_digest(file)


def _to_frames(file: BinaryIO) -> None:
    """Past the metadata blocks: one bit `last`, seven bits of type, 24 bits of length (RFC 9639, section 8.1)."""
    file.seek(_id3_bytes(file) + len(b"fLaC"))
    while header := file.read(4):
        file.seek(int.from_bytes(header[1:], "big"), os.SEEK_CUR)
        if header[0] & 0x80:
            return


def _id3_bytes(file: BinaryIO) -> int:
    """An ID3v2 tag may stand before; its length is four times seven bits."""
    file.seek(0)
    head = file.read(10)
    if head[:3] != b"ID3":
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))


# -- cover and lyrics ------------------------------------------------------------------------------------------


def _cover(flac: FLAC, path: Path) -> Cover | None:
    front_first = sorted(flac.pictures, key=lambda picture: picture.type != _FRONT_COVER)
    images = [bytes(picture.data) for picture in front_first]
    return next((cover for image in images if (cover := _as_cover(image))), None) or _cover_beside(path)


def _cover_beside(path: Path) -> Cover | None:
    images = (_read_beside(path.with_name(name), COVER_MAX_BYTES) for name in COVER_NAMES)
    return next((cover for image in images if image and (cover := _as_cover(image))), None)


def _as_cover(image: bytes) -> Cover | None:
    media_type = image_type(image)
    return Cover(image, media_type) if media_type else None


def _lyrics(flac: FLAC, path: Path) -> Lyrics | None:
    """The first with times, else the first with words."""
    plain = [*_lyric_comments(flac, "lyrics"), *_lyric_comments(flac, "unsyncedlyrics")]
    texts = [*_lyric_comments(flac, "syncedlyrics"), *_lrc_beside(path), *plain]
    found = [_as_lyrics(text) for text in texts if text.strip()]
    return next((lyrics for lyrics in found if lyrics.lines), found[0] if found else None)


def _lyric_comments(flac: FLAC, key: str) -> list[str]:
    return [text[:LYRICS_MAX_BYTES] for text in _comments(flac).get(key, [])]


def _lrc_beside(path: Path) -> list[str]:
    text = _read_beside(path.with_suffix(".lrc"), LYRICS_MAX_BYTES)
    return [_decode(text)] if text else []


def _decode(text: bytes) -> str:
    """Old `.lrc` files say nothing of their encoding: a byte order mark, else UTF-8, else Windows' western one."""
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return text.decode("utf-16", "replace")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text.decode("cp1252", "replace")


def _as_lyrics(text: str) -> Lyrics:
    lines = lrc.parse(text)
    return Lyrics("\n".join(line.text for line in lines) if lines else text.strip(), lines)


def _read_beside(path: Path, max_bytes: int) -> bytes | None:
    try:
        with open_plain(path) as file:
            return file.read(max_bytes + 1) if os.fstat(file.fileno()).st_size <= max_bytes else None
    except (OSError, NotMusic):
        return None
