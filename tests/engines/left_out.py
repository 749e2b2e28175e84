"""What is not run on a Cluster or beside Sentinel, each with its reason."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pytest

from tests.engines.redis import KIND

#: By how a test's name begins.
LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType({})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items if KIND else ():
        for begin, reason in LEFT_OUT.items():
            if item.nodeid.startswith(begin):
                item.add_marker(pytest.mark.skip(reason))
