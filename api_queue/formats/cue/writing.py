"""A sheet as text: CRLF, upper case, two blanks a level, quotes round every text.

The grammar has no escape, so that a `"` within a text becomes `'`; control characters are dropped. A `\\` at the end
becomes `/`: cuetools and libcue take `\\"` for an escape all the same, and then lose the rest of the sheet.

`write` changes nothing else: what was read from a sheet is read again from this one. What players need besides is
`strict`, and what single ones take is `convert`.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from api_queue.formats.cue.sheet import Dialect, Remark, Sheet, Track
from api_queue.formats.cue.times import FRAMES_A_SECOND, format_msf

#: VLC looks for the FILE line in the first 2048 bytes, and then for nothing: what does not fit before it comes after.
FILE_WITHIN_BYTES: Final = 2048
_BOM: Final = "\ufeff"
_BREAK: Final = re.compile(r"\r\n|[\t-\r\x1c-\x1e\x85\u2028\u2029]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_END: Final = re.compile(r"\\+$")
#: Numbers, dates, gains and lead-outs, which Kodi and FLAC read only without quotes.
_BARE: Final = re.compile(r"[+-]?[0-9][0-9.:/-]*( dB)?|[0-9A-F]{8}|[0-9]+ [0-9]+")


def write(sheet: Sheet) -> str:
    """Files are taken to be in the order in which the tracks go through them."""
    return "".join(f"{clean(line).rstrip()}\r\n" for line in _lines(sheet))


def encode(sheet: Sheet, *, bom: bool = False) -> bytes:
    """UTF-8; some players of Windows know it only by its BOM."""
    return f"{_BOM if bom else ''}{write(sheet)}".encode()


def clean(text: str) -> str:
    """On one line, and without what no reader shows."""
    return _CONTROL.sub("", _BREAK.sub(" ", text))


def quotable(text: str) -> str:
    """What stands between quotes of a text."""
    return _END.sub("/", clean(text).replace('"', "'"))


def _lines(sheet: Sheet) -> Iterator[str]:
    files = [f"FILE {_quoted(file.name)} {file.kind}" for file in sheet.files]
    yield from _head(list(_facts(sheet)), files[:1])
    begun = 1
    for track in sheet.tracks:
        place = next((index.file for index in track.indexes), 0)
        yield from files[begun : place + 1]
        begun = max(begun, place + 1)
        yield from _track(track, sheet.dialect)
        for index in track.indexes:
            yield from files[begun : index.file + 1]
            begun = max(begun, index.file + 1)
            yield f"    INDEX {index.number:02} {_time(index.frames, sheet.dialect)}"
        if track.postgap is not None:
            yield f"    POSTGAP {format_msf(track.postgap)}"
        yield from (f"    {line}" for line in _others(track))
    yield from files[begun:]


def _head(facts: Sequence[str], file: Sequence[str]) -> list[str]:
    room = FILE_WITHIN_BYTES - len(_BOM.encode()) - sum(map(_size, file))
    fitting = sum(end <= room for end in accumulate(map(_size, facts)))
    return [*facts[:fitting], *file, *facts[fitting:]]


def _size(line: str) -> int:
    return len(clean(line).encode()) + len("\r\n")


def _facts(sheet: Sheet) -> Iterator[str]:
    if sheet.catalog is not None:
        yield f"CATALOG {sheet.catalog}"
    if sheet.cdtextfile is not None:
        yield f"CDTEXTFILE {_quoted(sheet.cdtextfile)}"
    yield from map(_remark, sheet.remarks)
    yield from _texts(sheet, "PERFORMER", "TITLE", "SONGWRITER")
    yield from _others(sheet)


def _track(track: Track, dialect: Dialect) -> Iterator[str]:
    yield f"  TRACK {track.number:02} {track.mode}"
    if track.flags:
        yield f"    FLAGS {' '.join(track.flags)}"
    yield from (f"    {line}" for line in _texts(track, "TITLE", "PERFORMER", "SONGWRITER"))
    if track.isrc is not None:
        yield f"    ISRC {track.isrc}"
    yield from (f"    {_played(remark, dialect)}" for remark in track.remarks)
    if track.pregap is not None:
        yield f"    PREGAP {format_msf(track.pregap)}"


def _texts(of: Sheet | Track, *words: str) -> Iterator[str]:
    texts = {"PERFORMER": of.performer, "TITLE": of.title, "SONGWRITER": of.songwriter}
    return (f"{word} {_quoted(text)}" for word in words if (text := texts[word]) is not None)


def _played(remark: Remark, dialect: Dialect) -> str:
    """rekordbox names what was played by a FILE inside the track, which is half of how its sheets are known."""
    of_rekordbox = dialect == "rekordbox" and remark.key == "FILE"
    return f"FILE {_quoted(remark.value)} WAVE" if of_rekordbox else _remark(remark)


def _remark(remark: Remark) -> str:
    """Free text has no quotes, since they would be part of it."""
    if not remark.key:
        return f"REM {remark.value}"
    return f"REM {remark.key} {remark.value if _BARE.fullmatch(remark.value) else _quoted(remark.value)}"


def _others(of: Sheet | Track) -> Iterator[str]:
    """Last: one may be the second of what there can be one of, and the first counts."""
    return (f"{other.word} {other.rest}" for other in of.others)


def _quoted(text: str) -> str:
    return f'"{quotable(text)}"'


def _time(frames: int, dialect: Dialect) -> str:
    """rekordbox counts HH:MM:SS in the sheets of its recordings."""
    if dialect == "cdrwin":
        return format_msf(frames)
    minutes, seconds = divmod(frames // FRAMES_A_SECOND, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
