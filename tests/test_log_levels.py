"""Which lines are written at which level, and what can stand in one."""

import logging
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from api_queue.logs import configure_logs

LEVELS = ["debug", "info", "warning", "error"]


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [msgspec.json.decode(line) for line in captured.err.splitlines()]


@pytest.mark.parametrize("level", LEVELS)
def test_ours_begin_at_the_level_that_was_set(capsys: pytest.CaptureFixture[str], level: str) -> None:
    configure_logs(level)
    for each in LEVELS:
        getattr(structlog.get_logger(), each)("said")
    assert [line["level"] for line in lines(capsys)] == LEVELS[LEVELS.index(level) :]


@pytest.mark.parametrize("level", LEVELS)
def test_libraries_only_warn_unless_we_look_closely(capsys: pytest.CaptureFixture[str], level: str) -> None:
    configure_logs(level)
    for each in LEVELS:
        getattr(logging.getLogger("library"), each)("said")
    heard = LEVELS if level == "debug" else ["warning", "error"]
    assert [line["level"] for line in lines(capsys)] == heard


def test_configuring_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    configure_logs("info")
    logging.getLogger("library").warning("theirs")
    structlog.get_logger().info("ours")
    assert [line["event"] for line in lines(capsys)] == ["theirs", "ours"]


def test_a_line_is_one_line_whatever_stands_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger().info("two\nlines", name='Zoë "\x1b[31m', path=Path("/a"), error=ValueError("why"))
    (line,) = lines(capsys)
    assert (line["event"], line["name"]) == ("two\nlines", 'Zoë "\x1b[31m')
    assert (line["path"], line["error"]) == ("/a", "why")


def test_what_is_bound_to_a_task_is_in_its_lines_theirs_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.contextvars.bind_contextvars(queue="party")
    structlog.get_logger().info("ours")
    logging.getLogger("library").warning("theirs")
    assert [line["queue"] for line in lines(capsys)] == ["party", "party"]


def test_on_a_terminal_it_is_words_and_not_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logs("info")
    structlog.get_logger().info("ours", queue="party")
    said = capsys.readouterr().err
    assert "ours" in said
    assert not said.startswith("{")


@pytest.mark.parametrize("level", ["loud", ""])
def test_a_level_that_is_none_is_no_level(level: str) -> None:
    with pytest.raises(KeyError):
        configure_logs(level)
