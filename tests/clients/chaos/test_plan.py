"""Whom chaos strikes."""

from collections import Counter

import pytest

from api_queue.clients.chaos.plan import plan


@pytest.mark.parametrize("seed", range(20))
def test_ten_kills_hit_every_part_and_one_of_them_is_stopped_for_a_while(seed: int) -> None:
    blows = list(plan(seed, 10))
    killed = Counter(blow.part for blow in blows if blow.frozen_s is None)
    assert killed.keys() == {"web", "relay", "conductor", "worker", "fork", "redis", "broker", "server"}
    assert killed.total() == 10
    assert len(blows) == 11


def test_the_same_seed_strikes_alike_and_another_does_not() -> None:
    assert list(plan(7, 100)) == list(plan(7, 100))
    assert list(plan(7, 100)) != list(plan(8, 100))
