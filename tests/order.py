"""Which test runs when, where, and how much of the machine it gets."""

import gc
import os
from collections.abc import Generator
from functools import cache
from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling

#: What keeps time itself: real speakers, which wait more than they compute.
ON_TIME: Final = ("tests/clients/test_", "tests/clients/speaker/", "tests/clients/drill/")
#: The other folders and files that take longest: what is begun last is what all wait for.
LONG: Final = ("tests/test_serving.py", "tests/acceptance/", "tests/pages/", "tests/drivers/test_mqtt_brokers.py")
#: New objects between two runs of the garbage collector: an app of a test is a hundred thousand of them.
BETWEEN: Final = 100_000
#: How nice the others are to who keeps time.
BEHIND: Final = 5


def pytest_xdist_auto_num_workers() -> int:
    """Tests wait for processes and timers: with one more worker than cores, no core does. With two more, the browsers
    and servers that they start wait for each other, and tests that are in time alone are late.
    """
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order is kept by `--no-loadscope-reorder`."""
    order: tuple[str | tuple[str, ...], ...] = (ON_TIME, *LONG)
    items.sort(key=lambda item: next((at for at, path in enumerate(order) if item.nodeid.startswith(path)), len(order)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests stay until the end: the garbage collector need not look at them again and again."""
    gc.disable()
    result = yield
    gc.freeze()
    gc.enable()
    gc.set_threshold(BETWEEN, 50, 100)
    return result


class Rows(LoadFileScheduling):  # type: ignore[misc]  # xdist comes without types
    """Each worker has a file at a time, and one has all that keep time: two of them would make each other late."""

    def _split_scope(self, nodeid: str) -> str:
        return ON_TIME[0] if nodeid.startswith(ON_TIME) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rows:
    return Rows(config, log)


@pytest.fixture(scope="module", autouse=True)
def _in_time(request: pytest.FixtureRequest) -> None:
    """Those that keep time come first, so nobody has to come forward again."""
    if "PYTEST_XDIST_WORKER" in os.environ and not request.node.nodeid.startswith(ON_TIME):
        _stand_behind()


@cache
def _stand_behind() -> None:
    os.nice(BEHIND)
