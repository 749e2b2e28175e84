"""What stands behind a command: quoted or not, closed or not, and what is left over."""

import re
from typing import Final, NamedTuple

from api_queue.formats.cue.sheet import Remark

_KEY: Final = re.compile(r"[A-Z][A-Z0-9_.-]+|FLAC__[a-z-]+")
#: Some write these in lower case.
_KEYS: Final = frozenset({"COMMENT", "COMPOSER", "DATE", "DISCID", "DISCNUMBER", "GENRE", "TOTALDISCS"})
_FILE_TYPE: Final = re.compile(r"[A-Za-z0-9]{2,8}")


class Value(NamedTuple):
    """`after` is what stands behind its end; `fault` the code of what is wrong with its quotes."""

    text: str
    after: str = ""
    fault: str = ""


def value_of(rest: str) -> Value:
    """Up to the last quote of the line: the format has no way to write one inside, and many do."""
    if not rest.startswith('"'):
        return Value(rest, fault="unquoted" if rest else "")
    inside, quote, after = rest[1:].rpartition('"')
    if not quote:
        return Value(after, fault="quote_open")
    return Value(inside.replace('\\"', '"'), after.strip())


def name_and_type(rest: str) -> Value:
    """Of a FILE; the type, if there is one, is the first word of `after`."""
    inside, quote, after = rest[1:].rpartition('"') if rest.startswith('"') else ("", "", "")
    if quote:
        return Value(inside, after.strip())
    fault = "quote_open" if rest.startswith('"') else "unquoted"
    words = rest.removeprefix('"').rsplit(None, 1)
    if len(words) == 2 and _FILE_TYPE.fullmatch(words[1]):
        return Value(words[0], words[1], fault)
    return Value(rest.removeprefix('"'), fault=fault)


def number_and_mode(rest: str) -> tuple[str, str, str]:
    """Of a TRACK, and what stands after them; empty what is missing."""
    number, mode, after, *_ = (*rest.split(None, 2), "", "", "")
    return ("", number, f"{mode} {after}".strip()) if number.upper() == "AUDIO" else (number, mode, after)


def remark_of(rest: str) -> Remark:
    """A word in upper case at the beginning is a key."""
    words = rest.split(None, 1)
    key, value = words[0] if words else "", words[1] if len(words) > 1 else ""
    if key.upper() in _KEYS:
        key = key.upper()
    elif _KEY.fullmatch(key) is None:
        return Remark("", rest)
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return Remark(key, value)
