"""What is not run on a Cluster or beside Sentinel, each with its reason."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest

from tests.engines.redis import KIND

_EMBEDDED: Final = "kills the embedded Redis, which is not there"
#: By how a test's name begins.
LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tests/acceptance/test_kills.py::test_a_killed_part_comes_back_and_nothing_is_lost[redis-server]": _EMBEDDED,
        "tests/acceptance/test_scan_kills.py::": _EMBEDDED,
        "tests/acceptance/test_backup.py::": "its commands look for the embedded Redis of the data folder",
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items if KIND else ():
        for begin, reason in LEFT_OUT.items():
            if item.nodeid.startswith(begin):
                item.add_marker(pytest.mark.skip(reason))
