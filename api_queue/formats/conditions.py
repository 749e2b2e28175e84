"""Conditional requests by RFC 9110, section 13: has the file changed since the caller last saw it?

`fields` are request headers under lower-case names, repeated ones joined by commas.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache
from typing import Final, Literal

Verdict = Literal["send", "not_modified", "precondition_failed"]

#: Every header that `judge` and `range_applies` look at.
FIELDS: Final = ("if-match", "if-unmodified-since", "if-none-match", "if-modified-since", "if-range")

_TAG = r'(?:W/)?"[^"\x00-\x20\x7f]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_EACH_TAG = re.compile(_TAG)

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
#: 5.6.7: the form that is sent, and the two old ones that are still to be understood.
_DATES = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT",
        rf"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT",
        rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one version of a file from another: a strong `etag` with its quotes, seconds since 1970."""

    etag: str
    modified_s: int


def judge(fields: Mapping[str, str], current: Validators, now_s: int) -> Verdict:
    """In the order of 13.2.2. A date that is none is as good as no header."""
    if _was_changed(fields, current, now_s):
        return "precondition_failed"
    return "not_modified" if _is_known(fields, current, now_s) else "send"


def range_applies(if_range: str, current: Validators, now_s: int) -> bool:
    """Whether the caller's part is of this very file: the same strong tag or the same date (13.1.5)."""
    if '"' in if_range:
        return if_range == current.etag
    return parse_date(if_range, now_s) == current.modified_s


def parse_date(text: str, now_s: int) -> int | None:
    """Seconds since 1970, or None. `now_s` tells the century of a year in two digits."""
    found = next((match for form in _DATES if (match := form.fullmatch(text))), None)
    if not found:
        return None
    clock = (int(found["hour"]), int(found["minute"]), int(found["second"]))
    year = _full_year(found["year"], datetime.fromtimestamp(now_s, UTC).year)
    try:
        moment = datetime(year, _MONTHS.index(found["month"]) + 1, int(found["day"]), *clock, tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp())


@lru_cache(1024)
def format_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def _was_changed(fields: Mapping[str, str], current: Validators, now_s: int) -> bool:
    if (tags := fields.get("if-match")) is not None:
        return tags != "*" and current.etag not in _tags(tags)
    since = _date(fields, "if-unmodified-since", now_s)
    return since is not None and current.modified_s > since


def _is_known(fields: Mapping[str, str], current: Validators, now_s: int) -> bool:
    if (tags := fields.get("if-none-match")) is not None:
        return tags == "*" or current.etag in (tag.removeprefix("W/") for tag in _tags(tags))
    since = _date(fields, "if-modified-since", now_s)
    return since is not None and current.modified_s <= since


def _date(fields: Mapping[str, str], name: str, now_s: int) -> int | None:
    return parse_date(fields[name], now_s) if name in fields else None


def _tags(field: str) -> list[str]:
    return _EACH_TAG.findall(field) if _TAGS.fullmatch(field) else []


def _full_year(digits: str, this_year: int) -> int:
    """Two digits that would lie more than 50 years ahead mean the last century's (5.6.7)."""
    if len(digits) == 4:
        return int(digits)
    year = this_year - this_year % 100 + int(digits)
    return year - 100 if year > this_year + 50 else year
