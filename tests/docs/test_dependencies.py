"""What we depend on has its reason in docs/decisions/0010, and is used."""

import configparser
import re
from importlib.metadata import version

from tests.docs.tracked import ROOT, text_of, tracked

TEXT = text_of("docs/decisions/0010-dependencies.md")
ROWS: dict[str, str] = dict(re.findall(r"^\| ([\w-]+) \| (\d[\w.]*)", TEXT, re.MULTILINE))
#: No line of ours imports these.
INDIRECT = {
    "aiosqlite": "SQLAlchemy takes it by the name in the URL",
    "paho-mqtt": "below aiomqtt; its range matters to us",
}
MODULES = {"PyJWT": "jwt", "argon2-cffi": "argon2"}


def required(section: str = "options", option: str = "install_requires") -> set[str]:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return {re.split(r"[\[<>=]", line)[0] for line in setup[section][option].split()}


def imported(package: str) -> bool:
    module = MODULES.get(package, package.lower().replace("-", "_"))
    line = re.compile(rf"^\s*(?:import|from) {module}\b", re.MULTILINE)
    ours = (name for name in tracked() if name.startswith("api_queue/") and name.endswith(".py"))
    return any(line.search(text_of(name)) for name in ours)


def test_each_package_has_its_reason() -> None:
    assert set(ROWS) == required()


def test_no_row_names_a_release_that_nobody_has_seen() -> None:
    newer = {package for package in ROWS if _number(ROWS[package]) > _number(version(package))}
    assert newer == set()


def test_each_package_is_used() -> None:
    assert {package for package in required() if not imported(package)} == set(INDIRECT)


def test_those_of_tests_and_checks_are_named_too() -> None:
    packages = required("options.extras_require", "test") | required("options.extras_require", "check")
    assert {package for package in packages if package not in TEXT} == set()


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release))
