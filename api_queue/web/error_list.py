"""Every refusal that the server can answer with, by its code: what `type` of a problem points at."""

import html
from collections.abc import Iterator
from typing import NamedTuple

from api_queue.errors import ApiQueueError
from api_queue.web.errors import INTERNAL, STATUS


class Refusal(NamedTuple):
    """`{...}` of the sentence are facts, which also stand in the problem under these names."""

    code: str
    status: int
    sentence: str


def refusals() -> list[Refusal]:
    """As errors.py has them, kind by kind. What only stops the start has no status, and is not one."""
    ours = (
        Refusal(error.code, status, (error.__doc__ or "").strip())
        for kind, status in STATUS.items()
        for error in _with_children(kind)
    )
    return [*ours, Refusal("internal", 500, INTERNAL)]


def _with_children(error: type[ApiQueueError]) -> Iterator[type[ApiQueueError]]:
    yield error
    for child in error.__subclasses__():
        yield from _with_children(child)


def refusals_html() -> str:
    """One article a code; two errors may share one."""
    by_code: dict[str, list[Refusal]] = {}
    for refusal in refusals():
        by_code.setdefault(refusal.code, []).append(refusal)
    return "\n".join(_article(code, said) for code, said in by_code.items())


def _article(code: str, said: list[Refusal]) -> str:
    lines = "".join(
        f'<p><span class="status">{refusal.status}</span> {html.escape(refusal.sentence)}</p>' for refusal in said
    )
    return f'<article id="{code}" class="card"><h2><a href="#{code}">{code}</a></h2>{lines}</article>'
