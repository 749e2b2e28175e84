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
_LINE: Final = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*?)\s*")
_NAME: Final = re.compile(r"[A-Za-z_-]+|\*")
_Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: str
    allows: bool

    def fits(self, path: str) -> bool:
        """Piece by piece between the wildcards, so that no pattern is slow."""
        pattern, ends = self.pattern.removesuffix("$"), self.pattern.endswith("$")
        first, *pieces = pattern.split("*")
        if not path.startswith(first):
            return False
        if not pieces:
            return not ends or path == first
        *inner, last = pieces
        at = len(first)
        for piece in inner:
            at = path.find(piece, at) + len(piece)
            if at < len(piece):
                return False
        return path.endswith(last) and len(path) - len(last) >= at if ends else path.find(last, at) >= 0


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
        rules = [Rule(_canonical(value), key == "allow") for key, value in ours if key != "crawl-delay" and value]
        return cls(rules, max((_seconds(value) for key, value in ours if key == "crawl-delay"), default=0.0))

    def allows(self, target: str) -> bool:
        """`target`: path and query of an address. robots.txt itself may always be read."""
        path = _canonical(target) or "/"
        fitting = [(len(rule.pattern), rule.allows) for rule in self.rules if rule.fits(path)]
        return path == "/robots.txt" or max(fitting, default=(0, True))[1]


def _lines(text: str) -> Iterator[_Line]:
    for line in text.removeprefix("\ufeff").splitlines():
        found = _LINE.fullmatch(line.partition("#")[0])
        if found:
            yield found[1].lower(), found[2]


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


def _canonical(path: str) -> str:
    """What is quoted in one of pattern and address, and not in the other, is the same octet; `%2F` stays quoted."""
    kept = path.replace("%2F", "%252F").replace("%2f", "%252F").replace("%2A", "%252A").replace("%24", "%2524")
    return quote(unquote_to_bytes(kept), safe="/?&=:@!$'()*+,;-._~%[]")
