"""Figure 7: how long the largest CUE sheets that we read take, from bytes to findings: 1 MiB, or all lines we take.

Beside each, in alternating rounds, what no reader of lines can do without: the bytes decoded, and each line of them
split into words. Twice the lines should take twice as long: `twice` is what they take.
"""

from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Final

from api_queue.formats.cue.reading import LINES_MAX, SHEET_MAX_BYTES, read
from api_queue.formats.cue.times import format_msf
from bench.measure import Row

ROUNDS: Final = 15
HEAD: Final = 'PERFORMER "Somebody"\r\nTITLE "A night"\r\nFILE "night.flac" WAVE\r\n'


def _tracks() -> Iterator[str]:
    for number in range(1, LINES_MAX):
        yield f'  TRACK {number:02} AUDIO\r\n    TITLE "Track {number}"\r\n    PERFORMER "Somebody {number % 97}"\r\n'
        yield f"    INDEX 01 {format_msf(number * 9_000)}\r\n"


ORDINARY: Final = HEAD + "".join(_tracks())
RUSSIAN: Final = ORDINARY.replace("Somebody", "Приветы")
SHEETS: Final = {
    "ordinary, 1 MiB": ORDINARY.encode()[:SHEET_MAX_BYTES],
    "ordinary in UTF-16, 1 MiB": ORDINARY[: SHEET_MAX_BYTES // 2 - 1].encode("utf-16"),
    "ordinary in cp1251, 1 MiB": RUSSIAN.encode("cp1251")[:SHEET_MAX_BYTES],
    "one line of quotes, 1 MiB": b'TITLE "' + b'"' * (SHEET_MAX_BYTES - 7),
    "nothing but TRACK, all lines": b"TRACK 1\n" * LINES_MAX,
    "nothing but INDEX 02, all lines": b"TRACK 1\n" + b"INDEX 2 0:0:0\n" * (LINES_MAX - 1),
    "no command at all, all lines": b"x y\n" * LINES_MAX,
}


def run() -> list[Row]:
    return [_row(name, sheet) for name, sheet in SHEETS.items()]


def _row(name: str, sheet: bytes) -> Row:
    encoding = read(sheet).encoding
    half = sheet[: len(sheet) // 4 * 2]
    ours, bare, twice = [], [], []
    for _ in range(ROUNDS):
        ours.append(_ms(lambda: read(sheet)))
        bare.append(_ms(lambda: [line.split() for line in sheet.decode(encoding, "replace").split("\n")]))
        twice.append(ours[-1] / _ms(lambda: read(half)))
    return {
        "sheet": name,
        "kb": len(sheet) // 1024,
        "cpu_ms": round(median(ours), 1),
        "bare_ms": round(median(bare), 1),
        "times_bare": round(median(mine / theirs for mine, theirs in zip(ours, bare, strict=True)), 1),
        "twice": round(median(twice), 1),
    }


def _ms(work: Callable[[], object]) -> float:
    began_s = process_time()
    work()
    return (process_time() - began_s) * 1000
