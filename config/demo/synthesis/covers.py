"""From a motif and a palette to a PNG, without an imaging library."""

import struct
import zlib

from .motifs import MOTIFS, Colour, Painter
from .score import Cover

SIDE = 600


def cover_png(cover: Cover) -> bytes:
    paint = MOTIFS[cover.motif]([colour_of(code) for code in cover.palette])
    return png([row_of(paint, y) for y in range(SIDE)])


def colour_of(code: str) -> Colour:
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red, green, blue


def row_of(paint: Painter, row: int) -> bytes:
    """x runs to the right and y down, both from -1 to 1."""
    y = (2 * row + 1) / SIDE - 1
    pixels = (paint((2 * column + 1) / SIDE - 1, y) for column in range(SIDE))
    return bytes(round(channel) for pixel in pixels for channel in pixel)


def png(rows: list[bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", SIDE, len(rows), 8, 2, 0, 0, 0)
    data = min((zlib.compress(body, 9) for body in (unfiltered(rows), minus_left(rows), minus_above(rows))), key=len)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


# PNG's filters 0, 1 and 2: flat colour packs best as it stands, a gradient as differences.
def unfiltered(rows: list[bytes]) -> bytes:
    return b"".join(b"\x00" + row for row in rows)


def minus_left(rows: list[bytes]) -> bytes:
    return b"".join(b"\x01" + differences(row, bytes(3) + row) for row in rows)


def minus_above(rows: list[bytes]) -> bytes:
    return b"".join(
        b"\x02" + differences(row, above) for row, above in zip(rows, [bytes(3 * SIDE), *rows], strict=False)
    )


def differences(row: bytes, before: bytes) -> bytes:
    return bytes((a - b) & 255 for a, b in zip(row, before, strict=False))
