"""Which test runs when, where, and how much of the machine it gets."""

import os
from functools import cache
from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling

#: What keeps time itself: real speakers, which wait more than they compute.
ON_TIME: Final = "tests/clients/"
#: The other folders and files that take longest: what is begun last is what all wait for.
LONG: Final = ("tests/test_serving.py", "tests/acceptance/", "tests/pages/", "tests/drivers/test_mqtt_brokers.py")
#: A whole house from outside, laws, and what costs most of the rest. The others cover the same lines, as
#: `--cov-context=test` tells; to watch them here too makes all late.
NOT_WATCHED: Final = (
    *("tests/acceptance/", "tests/pages/", "tests/clients/test_link.py", "tests/clients/speaker/test_parts.py"),
    *("tests/accounts/test_api_keys.py", "tests/accounts/test_guard_limits.py", "tests/drivers/test_mqtt_brokers.py"),
    *("tests/formats/cue/test_round_trip.py", "tests/jobs/test_cancel.py", "tests/jobs/test_kills.py"),
    *("tests/messages/test_defects.py", "tests/messages/test_waiting.py", "tests/playback/test_controls.py"),
    *("tests/queues/test_blueprint_changes.py", "tests/queues/test_models.py", "tests/queues/test_one_speaker.py"),
    *("tests/queues/test_store_model.py", "tests/stream/test_relay.py", "tests/tracklists/test_turns.py"),
    *("tests/tracks/test_full_text.py", "tests/tracks/test_laws.py", "tests/tracks/test_store.py"),
    "tests/web/test_errors.py",
)
#: How nice the others are to who keeps time.
BEHIND: Final = 5


def pytest_xdist_auto_num_workers() -> int:
    """Tests wait for processes and timers: with one more worker than cores, no core does. With two more, the browsers
    and servers that they start wait for each other, and tests that are in time alone are late.
    """
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order is kept by `--no-loadscope-reorder`."""
    order = (ON_TIME, *LONG)
    items.sort(key=lambda item: next((at for at, path in enumerate(order) if item.nodeid.startswith(path)), len(order)))
    for item in items:
        if item.nodeid.startswith(NOT_WATCHED):
            item.add_marker("no_cover")


class Rows(LoadFileScheduling):  # type: ignore[misc]  # xdist comes without types
    """Each worker has a file at a time, and one has all that keep time: two of them would make each other late."""

    def _split_scope(self, nodeid: str) -> str:
        return ON_TIME if nodeid.startswith(ON_TIME) else str(super()._split_scope(nodeid))


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
