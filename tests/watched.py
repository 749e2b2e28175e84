"""Which tests coverage watches. Python is half as slow again while it is watched, and few tests reach most lines."""

import os
from collections.abc import Generator
from typing import Final, TypeVar

import pytest

Result = TypeVar("Result")

#: Whole houses from outside, laws, and what costs much for the lines that only it reaches (`--cov-context=test`).
#: A new file is watched.
FILES: Final = {
    "accounts": "api_keys guard_limits guard_programs guard_roles jwt logout models odd_bytes resolver",
    "clients": "link server_gone",
    "clients/speaker": "parts",
    "drivers": "mqtt_brokers",
    "formats/cue": "round_trip",
    "jobs": "cancel kills",
    "messages": "blueprint defects file_stores json_store pyqueue_client receiving redis_store store_machine waiting",
    "playback": "controls device_service service sessions",
    "queues": "blueprint blueprint_changes items_edit key_and_tempo models one_speaker options personal repeat "
    "service store_model transport turns",
    "stream": "relay",
    "tracklists": "cue_building cue_service cue_versions merging page_tree sync_store text turns visits",
    "tracks": "analysis data_files data_folder full_text laws moves parts scan service store",
    "web": "errors",
}
NOT_WATCHED: Final = (
    *("tests/acceptance/", "tests/pages/"),
    *(f"tests/{folder}/test_{name}.py" for folder, names in FILES.items() for name in names.split()),
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
