"""Logs, ours and those of libraries, are the same lines on stderr."""

import logging
import sys

import msgspec
import pytest
import structlog

from api_queue.logs import configure_logs


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in capsys.readouterr().err.splitlines()]


def test_both_are_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger().info("ours", queue="party")
    logging.getLogger("library").warning("theirs: %s", 1)
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["level"], ours["queue"]) == ("ours", "info", "party")
    assert (theirs["event"], theirs["level"]) == ("theirs: 1", "warning")
    assert "timestamp" in ours
    assert "timestamp" in theirs


def test_bytes_that_are_no_text_cost_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    structlog.get_logger().info("odd", header="a\udcff")
    assert [line["header"] for line in lines(capsys)] == ["a?"]


def test_what_is_less_severe_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")
    structlog.get_logger().info("ours")
    logging.getLogger("library").info("theirs")
    assert lines(capsys) == []


def test_libraries_speak_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug")
    logging.getLogger("library").debug("theirs")
    assert [line["event"] for line in lines(capsys)] == ["theirs"]


def test_an_exception_is_in_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")
    try:
        raise ValueError("why")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = lines(capsys)
    assert "ValueError: why" in str(line["exception"])


def test_a_traceback_on_a_terminal_shows_no_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logs("info")
    token = "-".join(("aq", "hunter2"))
    try:
        int(token[:2])
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed too")
    said = capsys.readouterr().err
    assert said.count("Traceback") == 2
    assert token not in said


def test_a_line_on_a_terminal_takes_the_place_of_a_progress_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logs("info")
    structlog.get_logger().info("heard")
    assert capsys.readouterr().err.startswith("\r\x1b[K")
