"""The short form of `make fuzz`: some hundred damaged inputs for each parser, and long ones, which take no longer than
they are.
"""

import random
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.parsers import PARSERS, Parser

EXAMPLES = 100
SMALL_BYTES = 2 * 1024
#: So many times as much. What is quadratic takes `TIMES` times longer for it than the slack allows.
TIMES = 32
SLACK, SLACK_S = 5, 0.3


def damaged(parser: Parser) -> st.SearchStrategy[bytes]:
    """An example with pieces left out, doubled, or changed; or anything."""
    return st.one_of(st.binary(max_size=200), st.builds(_damage, st.sampled_from(parser.seeds), st.randoms()))


def _damage(seed: bytes, chance: random.Random) -> bytes:
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice((0, 1, 2, 8, 64)))
        data[start:end] = chance.choice(
            (b"", bytes(data[start:end]) * 2, chance.randbytes(chance.randint(1, 4)), b"\0")
        )
    return bytes(data)


@pytest.mark.parametrize("name", PARSERS)
def test_nothing_but_our_own_errors_comes_out(name: str) -> None:
    parser = PARSERS[name]

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(damaged(parser))
    def take(data: bytes) -> None:
        parser.take(data)

    take()


@pytest.mark.parametrize("name", PARSERS)
def test_more_of_the_same_takes_as_many_times_as_long(name: str) -> None:
    parser = PARSERS[name]
    for seed in parser.seeds:
        small = (seed * (SMALL_BYTES // len(seed) + 1))[:SMALL_BYTES]
        small_s, large_s = seconds(parser, small), seconds(parser, small * TIMES)
        assert large_s < SLACK_S + SLACK * TIMES * small_s, (small_s, large_s)


def seconds(parser: Parser, data: bytes) -> float:
    """Of the processor."""
    began_s = process_time()
    parser.take(data)
    return process_time() - began_s
