"""Label files as Audacity exports them: `start TAB end TAB label`, in seconds.

A line that begins with a backslash has the frequencies of the label above, which a selection in a spectrum has.
"""

import re
from typing import Final, NamedTuple

_SECONDS: Final = r"(\d{1,6}(?:[.,]\d{1,12})?)"
_LABEL: Final = re.compile(rf"\s*{_SECONDS}\t\s*{_SECONDS}(?:\t(.*))?", re.ASCII)
_FREQUENCIES: Final = "\\"


class Label(NamedTuple):
    """`line` counts from 1. A point has one time for both."""

    line: int
    start_ms: int
    end_ms: int
    text: str


class Labels(NamedTuple):
    """`others` are lines that are neither a label, nor its frequencies, nor empty."""

    labels: list[Label]
    others: list[tuple[int, str]]


def read_labels(text: str) -> Labels:
    labels, others = [], []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if found := _LABEL.fullmatch(line):
            labels.append(Label(number, _ms(found[1]), _ms(found[2]), (found[3] or "").strip()))
        elif line.strip() and not (labels and line.startswith(_FREQUENCIES)):
            others.append((number, line.strip()))
    return Labels(labels, others)


def _ms(seconds: str) -> int:
    """Some languages write a comma."""
    return round(float(seconds.replace(",", ".")) * 1000)
