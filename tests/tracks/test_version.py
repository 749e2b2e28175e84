"""Asking whether the library has changed: once a second, however many want to know."""

import asyncio

import pytest

from api_queue.errors import Unavailable
from api_queue.tracks.models import Announcement
from api_queue.tracks.version import LibraryVersion
from tests.tracks.conftest import MovedClock


class Library:
    """Says how often it was asked; `away` as Redis can be."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False

    async def version(self) -> int:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable(retry_after=1)
        return self.asked

    async def announce(self, announcement: Announcement) -> None: ...

    async def announced(self) -> Announcement | None: ...


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def version(library: Library, clock: MovedClock) -> LibraryVersion:
    return LibraryVersion(library, clock)


async def test_many_who_ask_at_once_are_one_question(version: LibraryVersion, library: Library) -> None:
    assert set(await asyncio.gather(*(version.current() for _ in range(20)))) == {1}
    assert library.asked == 1


@pytest.mark.parametrize(("later_s", "asked"), [(0.999, 1), (1, 2), (100, 2)])
async def test_it_is_asked_again_after_a_second(
    version: LibraryVersion, library: Library, clock: MovedClock, later_s: float, asked: int
) -> None:
    await version.current()
    clock.forward_s(later_s)
    assert await version.current() == asked
    assert library.asked == asked


async def test_while_it_is_away_the_last_answer_holds_and_it_is_not_pressed(
    version: LibraryVersion, library: Library, clock: MovedClock
) -> None:
    await version.current()
    library.away = True
    clock.forward_s(1)
    assert [await version.current() for _ in range(10)] == [1] * 10
    assert library.asked == 2


async def test_before_the_first_answer_there_is_version_0(version: LibraryVersion, library: Library) -> None:
    library.away = True
    assert await version.current() == 0


async def test_when_it_is_back_it_is_heard_a_second_later(
    version: LibraryVersion, library: Library, clock: MovedClock
) -> None:
    library.away = True
    await version.current()
    library.away = False
    clock.forward_s(1)
    assert await version.current() == 2


async def test_who_leaves_while_asking_leaves_the_door_open(version: LibraryVersion) -> None:
    asking = asyncio.create_task(version.current())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    assert await version.current() == 2
