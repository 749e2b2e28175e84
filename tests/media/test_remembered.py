"""Answers that are kept for a while, and no longer."""

import pytest

from api_queue.media.remembered import Remembered
from tests.media.conftest import MovedClock


class Oracle:
    """Answers how often it was asked about a name."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, name: str) -> str:
        self.asked += 1
        if name == "nothing":
            raise LookupError
        return f"{name} {self.asked}"


async def test_an_answer_is_good_for_its_time(clock: MovedClock) -> None:
    remembered = Remembered(Oracle(), 10_000, clock)
    assert await remembered("a") == "a 1"
    clock.forward_s(9.999)
    assert await remembered("a") == "a 1"
    clock.forward_s(0.001)
    assert await remembered("a") == "a 2"


async def test_a_failure_is_asked_about_again(clock: MovedClock) -> None:
    oracle = Oracle()
    remembered = Remembered(oracle, 10_000, clock)
    for _ in range(2):
        with pytest.raises(LookupError):
            await remembered("nothing")
    assert oracle.asked == 2


async def test_a_long_night_does_not_fill_the_memory(clock: MovedClock) -> None:
    remembered = Remembered(Oracle(), 10_000, clock)
    for number in range(3000):
        assert await remembered(f"t{number}") == f"t{number} {number + 1}"
    assert len(remembered._answers) <= 1000
