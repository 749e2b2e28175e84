"""robots.txt as RFC 9309 has it: the group for us alone, the longest rule wins, `Allow` on a tie. Pure.

The standard library's reader takes the first rule that fits and knows no wildcards in paths.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote, unquote_to_bytes

#: The name that groups call us by (section 2.2.1).
OUR_NAME: Final = "api_queue"
#: Bytes that are read of a file (section 2.5).
READ_BYTES: Final = 500 * 1024
#: No crawl delay is believed to be longer.
_LONGEST_DELAY_S: Final = 86_400.0
_NAME: Final = re.compile(r"[A-Za-z_-]+|\*")
_Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """`pieces` are what stands between the wildcards; `ends`: the last one is the end of the path."""

    allows: bool
    pieces: Sequence[str]
    ends: bool

    @classmethod
    def read(cls, pattern: str, *, allows: bool) -> Self:
        pieces = pattern.removesuffix("$").split("*")
        return cls(allows, [_canonical(piece) for piece in pieces], pattern.endswith("$"))

    @property
    def length(self) -> int:
        """The longer rule wins; a wildcard counts as what it is written as."""
        return sum(map(len, self.pieces)) + len(self.pieces) - 1 + self.ends

    def fits(self, path: str) -> bool:
        """Piece by piece, each as early as it can be, so that no pattern is slow."""
        first, *pieces = self.pieces
        if not path.startswith(first) or not pieces:
            return path == first if self.ends else path.startswith(first)
        at = len(first)
        for piece in pieces[:-1]:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        last = pieces[-1]
        return path.endswith(last) and len(path) - len(last) >= at if self.ends else path.find(last, at) >= 0


@dataclass(frozen=True, slots=True)
class Robots:
    """`crawl_delay_s` is no part of the RFC, and yet what sites ask for."""

    rules: Sequence[Rule] = ()
    crawl_delay_s: float = 0.0

    @classmethod
    def read(cls, text: str, name: str = OUR_NAME) -> Self:
        """The rules of the groups that name us; where none does, those for everybody."""
        lines = list(_lines(text[:READ_BYTES]))
        named = any(key == "user-agent" and _is(value, name) for key, value in lines)
        ours = list(_group(lines, name if named else "*"))
        rules = [Rule.read(value, allows=key == "allow") for key, value in ours if key != "crawl-delay" and value]
        return cls(rules, max((_seconds(value) for key, value in ours if key == "crawl-delay"), default=0.0))

    def allows(self, target: str) -> bool:
        """`target`: path and query of an address. robots.txt itself may always be read."""
        path = _canonical(target) or "/"
        fitting = [(rule.length, rule.allows) for rule in self.rules if rule.fits(path)]
        return path == "/robots.txt" or max(fitting, default=(0, True))[1]


def _lines(text: str) -> Iterator[_Line]:
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _group(lines: Sequence[_Line], name: str) -> Iterator[_Line]:
    """A group begins with names, one below the other; several groups of the same name are one."""
    ours = named_before = False
    for key, value in lines:
        if key == "user-agent":
            ours = _is(value, name) or (ours and named_before)
            named_before = True
        elif key in {"allow", "disallow", "crawl-delay"}:
            named_before = False
            if ours:
                yield key, value


def _is(value: str, name: str) -> bool:
    found = _NAME.match(value)
    return found is not None and found[0].lower() == name.lower()


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_DELAY_S) if math.isfinite(seconds) else 0.0


def _canonical(text: str) -> str:
    """What is quoted in one of rule and address, and not in the other, is the same octet; but `%2F` is no slash."""
    kept = re.sub("%2[fF]", "%252F", text)
    return quote(unquote_to_bytes(kept), safe="/?&=:@!'()+,;-._~%[]")
