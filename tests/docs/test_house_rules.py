"""Rules of the house that no linter knows. The only way round one is a reason that stands here."""

import re
from pathlib import PurePath

from tests.docs.tracked import text_of, tracked

MOST_LINES = 350
#: Longer Python files, and why each is one file.
LONGER = {
    "api_queue/accounts/access.py": "the table of who may call what, where each route has its line and none has two",
    "api_queue/errors.py": "every error under one root, so that no code and no sentence is there twice",
    "api_queue/parts.py": "the composition root: a short property for each part, and nothing else knows them all",
    "tests/stream/test_relay.py": "one promise, that nothing is lost, tried at each of the relay's steps",
    "tests/web/test_file_ranges.py": "the range table, line by line",
}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
#: Written so that they do not find themselves.
MACHINE_PATH = re.compile(r"(?<![\w.])/(home|root|work|Users|workspace)/[\w.]")
REGISTRY = re.compile(r"(?i)index[-_]url|registry=|/simple[/]|goproxy[=]")

PYTHON = [name for name in tracked() if name.endswith(".py")]


def lines_of(name: str) -> int:
    return text_of(name).count("\n")


def test_long_files_have_a_reason() -> None:
    assert {name for name in PYTHON if lines_of(name) > MOST_LINES} == set(LONGER)


def test_no_file_and_no_folder_has_an_empty_name() -> None:
    words = {name: {PurePath(part).stem.lower() for part in PurePath(name).parts} for name in tracked()}
    assert [name for name in words if EMPTY_NAMES & words[name]] == []


def test_no_path_of_a_machine_is_named() -> None:
    assert [name for name in tracked() if MACHINE_PATH.search(text_of(name))] == []


def test_no_host_of_a_registry_is_named() -> None:
    others = [name for name in tracked() if PurePath(name).name != PurePath(__file__).name]
    assert [name for name in others if REGISTRY.search(text_of(name))] == []


def test_each_folder_of_tests_is_a_package() -> None:
    """Else two files of the same name collide."""
    folders = {str(PurePath(name).parent) for name in PYTHON if name.startswith("tests/")}
    assert {folder for folder in folders if f"{folder}/__init__.py" not in PYTHON} == set()
