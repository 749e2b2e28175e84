"""One FLAC on the disk and what stands beside it: `.lrc` and videos with its name, CUE sheets, a cover.

Only plain files are opened, never through a link: a cover that is a link to somebody's letters stays shut.
"""

import hashlib
import os
import re
import stat
import sys
from base64 import b32encode
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from mutagen.flac import FLAC, VCFLACDict

from api_queue.errors import NotMusic
from api_queue.formats import lrc
from api_queue.formats.cue.reading import SHEET_MAX_BYTES
from api_queue.tracks.models import Cover, Lyrics, Track
from api_queue.tracks.sheet_file import SHEET_ENDING, FoundSheet, SheetsOf, find_sheet
from api_queue.tracks.sidecars import ENDINGS, SUBTITLES_MAX_BYTES, SidecarsOf, are_subtitles
from api_queue.tracks.tags import Comments, clean, track_of
from api_queue.types import TrackId

ENDING: Final = ".flac"
COVER_NAMES: Final = ("cover.jpg", "folder.jpg", "cover.png", "folder.png", "Cover.jpg", "Folder.jpg")
#: As large as a picture inside a FLAC can be.
COVER_MAX_BYTES: Final = 16 << 20
LYRICS_MAX_BYTES: Final = 1 << 20
_FRONT_COVER: Final = 3
_READ_BYTES: Final = 1 << 20
#: What `image_type` looks at.
_HEAD_BYTES: Final = 12


def open_plain(path: Path) -> BinaryIO:
    """Raises OSError; a pipe or device is refused without waiting for its other end."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotMusic(reason="it is not a plain file")
    return file


def lyrics_beside(name: str) -> str:
    return f"{name[: -len(ENDING)]}.lrc"


def read_track(path: Path, beside: Collection[str] | None = None) -> Track:
    """`beside`: names of what stands there, if that is known; else all are tried. Raises NotMusic, OSError."""
    names = _names_beside(path) if beside is None else beside
    with open_plain(path) as file:
        flac = _flac(file)
        _check(flac)
        comments = _comments(flac)
        return track_of(
            _audio_id(flac, file),
            comments,
            stem=path.stem,
            duration_ms=round(flac.info.length * 1000),
            sample_rate=flac.info.sample_rate,
            channels=flac.info.channels,
            cover=next(filter(None, map(image_type, _images(flac, path, names, _HEAD_BYTES))), None),
            lyrics=any(text.strip() for text in _lyric_texts(comments, path, names)),
            cuesheet=_sheet(flac, comments, path, names) is not None,
            sidecars=tuple(_sidecars(path, names)),
        )


def read_cover(path: Path) -> Cover | None:
    with open_plain(path) as file:
        images = _images(_flac(file), path, COVER_NAMES, COVER_MAX_BYTES)
        return next((Cover(image, media_type) for image in images if (media_type := image_type(image))), None)


def read_lyrics(path: Path) -> Lyrics | None:
    """The first with times, else the first with words."""
    with open_plain(path) as file:
        texts = _lyric_texts(_comments(_flac(file)), path, [lyrics_beside(path.name)])
        found = [_as_lyrics(text) for text in texts if text.strip()]
        return next((lyrics for lyrics in found if lyrics.lines), found[0] if found else None)


def read_sheet(path: Path, beside: Collection[str] | None = None) -> FoundSheet | None:
    """`beside` as for `read_track`."""
    with open_plain(path) as file:
        flac = _flac(file)
        return _sheet(flac, _comments(flac), path, _sheets_beside(path) if beside is None else beside)


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
        raise NotMusic(reason=f"it is no readable FLAC ({_without_number(error)})") from error


def _without_number(error: Exception) -> str:
    """Mutagen names an open file by its number, which tells nobody anything."""
    return clean(re.sub(r"^'\d+' is ", "", f"{error}"))


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


def _images(flac: FLAC, path: Path, beside: Collection[str], most_bytes: int) -> Iterator[bytes]:
    """What may be a cover, the best first; at least the first `most_bytes` of each."""
    for picture in sorted(flac.pictures, key=lambda picture: picture.type != _FRONT_COVER):
        yield bytes(picture.data)
    for name in beside:
        if name in COVER_NAMES:
            yield _read_beside(path.with_name(name), COVER_MAX_BYTES, most_bytes)


def _lyric_texts(comments: Comments, path: Path, beside: Collection[str]) -> Iterator[str]:
    yield from _lyric_comments(comments, "syncedlyrics")
    for name in beside:
        if name == lyrics_beside(path.name):
            yield _decode(_read_beside(path.with_name(name), LYRICS_MAX_BYTES, LYRICS_MAX_BYTES))
    yield from _lyric_comments(comments, "lyrics")
    yield from _lyric_comments(comments, "unsyncedlyrics")


def _names_beside(path: Path) -> tuple[str, ...]:
    in_folder = [entry.name for entry in path.parent.iterdir() if not entry.is_symlink()]
    shown = [f"{path.stem}{ending}" for ending in SidecarsOf(in_folder, ENDING)(path.name)]
    return (*COVER_NAMES, lyrics_beside(path.name), *_sheets_beside(path), *shown)


def _sheets_beside(path: Path) -> tuple[str, ...]:
    """Looks through the whole folder, unlike what has a name that is known."""
    return SheetsOf((entry.name for entry in path.parent.iterdir()), ENDING)(path.name)


def _sheet(flac: FLAC, comments: Comments, path: Path, beside: Collection[str]) -> FoundSheet | None:
    sheets = [name for name in beside if name.lower().endswith(SHEET_ENDING)]
    texts = {name: _read_beside(path.with_name(name), sys.maxsize, SHEET_MAX_BYTES + 1) for name in sheets}
    return find_sheet(flac, path.name, comments, {name: text for name, text in texts.items() if text})


def _sidecars(path: Path, beside: Collection[str]) -> Iterator[str]:
    """Their endings; a JSON that is something else is none."""
    for name in beside:
        if name.endswith(".json"):
            content = _read_beside(path.with_name(name), SUBTITLES_MAX_BYTES, SUBTITLES_MAX_BYTES)
            if not are_subtitles(content):
                continue
        if name.endswith(ENDINGS):
            yield name[len(path.stem) :]


def _lyric_comments(comments: Comments, key: str) -> list[str]:
    return [text[:LYRICS_MAX_BYTES] for text in comments.get(key, ())]


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


def _read_beside(path: Path, max_bytes: int, most_bytes: int) -> bytes:
    """The first `most_bytes`; nothing of a file that is larger than `max_bytes`, or cannot be read."""
    try:
        with open_plain(path) as file:
            return file.read(most_bytes) if os.fstat(file.fileno()).st_size <= max_bytes else b""
    except (OSError, NotMusic):
        return b""
