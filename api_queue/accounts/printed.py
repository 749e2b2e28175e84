"""How lists of tokens and keys look on a terminal."""

from collections.abc import Sequence

from api_queue.accounts.models import moment


def table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


def shown(label: str) -> str:
    """Somebody else chose it; on the admin's terminal it can neither start a line nor colour one."""
    return "".join(c if c.isprintable() else "?" for c in label)


def minute(time_ms: int | None) -> str:
    return "-" if time_ms is None else moment(time_ms).strftime("%Y-%m-%d %H:%M")
