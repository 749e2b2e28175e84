"""The vectors that docs/timing.md gives to the authors of clients are true."""

import re
from pathlib import Path

import pytest

from api_queue.queues.models import Item
from api_queue.queues.session import Session
from api_queue.queues.timing import expected_starts, free_at
from api_queue.queues.turn_taking import Pause
from api_queue.types import Milliseconds
from tests.queues.builders import NOW, an_item

DOCS = Path(__file__).parents[2] / "docs" / "timing.md"
#: Whoever sings with them waits too.
PAUSED = {"weiss": Pause("WEISS", NOW)}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCS.read_text().splitlines()
    if re.match(r"\| (stopped|playing|paused)", line)
]


def the_session(text: str) -> Session:
    position = re.search(r"position (-?\d+)", text)
    return Session(
        state=text.split(",", maxsplit=1)[0].split(" ", maxsplit=1)[0],  # type: ignore[arg-type]  # one of the three words
        duration_ms=Milliseconds(60_000),
        position_ms=int(position[1]) if position else 0,
        position_at_ms=NOW - 10_000,
        stop_after="stop_after" in text,
        repeat_mode="one" if "repeat_mode one" in text else "off",
    )


def the_item(text: str) -> Item:
    seconds, _, at = text.removesuffix(" paused").partition("@")
    performer = "Weiß & Bo" if text.endswith("paused") else "Bo"
    return an_item(performer, seconds=int(seconds), play_at=NOW + int(at) if at else None)


@pytest.mark.parametrize(("session", "waiting", "expected"), ROWS)
def test_a_vector_of_the_docs(session: str, waiting: str, expected: str) -> None:
    items = [the_item(text.strip()) for text in waiting.split(",")]
    starts = expected_starts(items, free_at(the_session(session), NOW), 15_000, PAUSED)
    assert [None if s is None else s - NOW for s in starts] == [
        None if text.strip() == "null" else int(text) for text in expected.split(",")
    ]


def test_there_are_vectors() -> None:
    assert len(ROWS) == 10
