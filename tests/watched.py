"""Which tests coverage watches. Python is half as slow again while it is watched, and few tests reach most lines."""

import os
from collections.abc import Generator
from typing import Final, TypeVar

import pytest

Result = TypeVar("Result")

#: A whole house from outside, laws, and what costs much for the lines that only it reaches (`--cov-context=test`).
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
#: All workers import the same.
IMPORTS: Final = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Result, Result]:
    watch(session.config, wanted=IMPORTS)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Result, Result]:
    """Also what is set up for a test, and taken down after it."""
    watch(item.config, wanted=not item.nodeid.startswith(NOT_WATCHED))
    return (yield)


def watch(config: pytest.Config, *, wanted: bool) -> None:
    """Without `--cov` there is nobody who could."""
    plugin = config.pluginmanager.getplugin("_cov")
    controller = plugin and plugin.cov_controller
    if controller and controller.started != wanted:
        (controller.resume if wanted else controller.pause)()
