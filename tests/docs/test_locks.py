"""The lock files have what setup.cfg asks for and no more, each package with its hashes; all without a network."""

import re

import pytest
from packaging.utils import canonicalize_name

from tests.docs.locks import LOCKED_EXTRAS, SERVE, TEST, asked, needed, pins
from tests.docs.tracked import text_of

BOTH = pytest.mark.parametrize(("name", "extras"), [(SERVE, ()), (TEST, LOCKED_EXTRAS)])


@BOTH
def test_what_is_asked_for_is_pinned_within_its_range(name: str, extras: tuple[str, ...]) -> None:
    pinned = pins(name)
    for requirement in asked(*extras):
        package = canonicalize_name(requirement.name)
        assert package in pinned, f"{package} is not in {name}: make lock"
        assert all(map(requirement.specifier.contains, pinned[package].releases)), f"{requirement}: make lock"


@BOTH
def test_all_that_these_need_is_pinned_and_nothing_else(name: str, extras: tuple[str, ...]) -> None:
    needs = needed(asked(*extras))
    assert needs - pins(name).keys() == set()
    assert {package for package, pin in pins(name).items() if not pin.conditional} <= needs


@BOTH
def test_each_package_has_its_hashes(name: str, extras: tuple[str, ...]) -> None:
    assert {package for package, pin in pins(name).items() if pin.hashes < len(pin.releases)} == set()


@BOTH
def test_there_is_nothing_but_pins_so_no_address(name: str, extras: tuple[str, ...]) -> None:
    line = re.compile(r"#.*|[a-z0-9-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [text for text in text_of(name).splitlines() if not line.fullmatch(text)] == []
    assert "://" not in text_of(name)


def test_tests_run_with_the_releases_that_serve() -> None:
    serve, test = pins(SERVE), pins(TEST)
    assert {package: test[package].releases for package in serve} == {
        package: pin.releases for package, pin in serve.items()
    }
