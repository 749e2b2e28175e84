"""How many files a process may have open."""

import resource
from collections.abc import Iterator

import pytest

from api_queue.drivers.open_files import allow_open_files

SOFT = 1000


@pytest.fixture
def hard() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, before[1]))
    try:
        yield before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def allowed() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_NOFILE)


def test_a_process_allows_itself_more(hard: int) -> None:
    allow_open_files(SOFT + 1)
    assert allowed() == (SOFT + 1, hard)


def test_it_never_allows_itself_less(hard: int) -> None:
    allow_open_files(SOFT - 1)
    assert allowed() == (SOFT, hard)


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_NOFILE)[1] == resource.RLIM_INFINITY, reason="has no limit")
def test_more_than_it_may_it_does_not_try(hard: int) -> None:
    allow_open_files(hard + 1)
    assert allowed() == (hard, hard)
