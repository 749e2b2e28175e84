"""Bytes of a sheet to text. They never say what they are in: the mark at their beginning, UTF-8 that holds, the zeros
of UTF-16, and then the page that fits what stands there, in this order.
"""

import codecs
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

#: UTF-32 before UTF-16, whose mark begins alike.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: Which of four bytes in a row are zero again and again. In UTF-32 two are, whatever the language.
_ZEROS: Final[Mapping[str, str]] = {
    "x000": "utf-32-le",
    "xx00": "utf-32-le",
    "000x": "utf-32-be",
    "00xx": "utf-32-be",
    "x0x0": "utf-16-le",
    "0x0x": "utf-16-be",
}

#: What may be stated: codecs of Python that take time in proportion, are no compression and no joke. By the name that
#: Python gives them; Shift-JIS is read as Windows writes it, which has more signs.
_PAGES: Final[Mapping[str, str]] = {
    **{name: name for name in (f"cp125{n}" for n in range(9))},
    **{name: name for name in ("cp437", "cp850", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic")},
    **{name: name for name in ("iso8859-1", "iso8859-2", "iso8859-5", "iso8859-15", "gb18030", "big5", "euc_jp")},
    **{name: name for name in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp949", "euc_kr")},
    "gbk": "gb18030",
    "ascii": "utf-8",
    "shift_jis": "shift_jis",
    "cp932": "shift_jis",
}

#: Two or more double bytes in a row, of those leads that are letters in no Western or Cyrillic page.
_JAPANESE: Final = re.compile(rb"(?:[\x81-\x9f][\x40-\x7e\x80-\xfc]){2,}")
#: Cyrillic words are made of such bytes alone, accents of Western ones stand among plain letters.
_CYRILLIC: Final = re.compile(rb"[\xa8\xb8\xc0-\xff]{3,}")
_HIGH: Final = bytes(range(0x80, 0x100))
#: So many letters of UTF-8 outweigh one that is none; by chance they do not come about.
WHOLE_FOR_BROKEN: Final = 4


class Decoded(NamedTuple):
    """`damaged` where something stands that the encoding has not; it is � in `text`."""

    text: str
    encoding: str
    marked: bool = False
    damaged: bool = False


def decode(data: bytes, stated: str | None = None) -> Decoded:
    """`stated` is what somebody said of bytes that are no Unicode; a page that we do not know counts as none."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)._replace(marked=True)
    return _decoded(data, _wide(data) or _utf_8(data) or _stated(stated) or _page(data))


def _decoded(data: bytes, encoding: str) -> Decoded:
    codec = "cp932" if encoding == "shift_jis" else encoding
    try:
        return Decoded(data.decode(codec), encoding)
    except UnicodeDecodeError:
        return Decoded(data.decode(codec, "replace"), encoding, damaged=True)


def _wide(data: bytes) -> str | None:
    """The commands are ASCII in every language, so that far more than an eighth of the units have their zeros."""
    many = len(data) // 32 + 1
    zeros = "".join("0" if data[place::4].count(0) >= many else "x" for place in range(4))
    return _ZEROS.get(zeros)


def _utf_8(data: bytes) -> str | None:
    """A letter that was cut in two does not make another page of the rest."""
    text, _, _, damaged = _decoded(data, "utf-8")
    broken = text.count("\ufffd")
    whole = len(text) - broken - len(data.translate(None, _HIGH))
    return "utf-8" if not damaged or whole > WHOLE_FOR_BROKEN * broken else None


def _stated(name: str | None) -> str | None:
    try:
        return _PAGES.get(codecs.lookup(name).name) if name and name.isascii() else None
    except (LookupError, ValueError):
        return None


def _page(data: bytes) -> str:
    high = len(data) - len(data.translate(None, _HIGH))
    if 2 * _length(_JAPANESE, data) >= high and not _decoded(data, "shift_jis").damaged:
        return "shift_jis"
    if 2 * _length(_CYRILLIC, data) >= high:
        return "cp1251"
    return "cp1252"


def _length(pattern: re.Pattern[bytes], data: bytes) -> int:
    return sum(map(len, pattern.findall(data)))
