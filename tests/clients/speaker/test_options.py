"""How a speaker is started, and what nobody reads in the list of processes."""

import os
import re
import sys
from pathlib import Path

import pytest

from api_queue.clients.speaker import options
from api_queue.clients.speaker.options import hide_token
from api_queue.clients.speaker.status import JsonLines, Sentences
from api_queue.command_line import _parser
from api_queue.errors import StartRefused
from tests.docs.tracked import ROOT


@pytest.mark.parametrize("given", [["--token", "aq_secret"], ["--token=aq_secret"]])
def test_a_token_moves_from_the_command_line_to_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: list[str]
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "api_queue", "speaker", *given, "--queue", "party"])
    monkeypatch.setattr(os, "execve", lambda _program, words, environment: started.append((words, environment)))

    hide_token("aq_secret")

    ((words, environment),) = started
    assert words == ["python", "-m", "api_queue", "speaker", "--queue", "party"]
    assert environment["API_QUEUE_TOKEN"] == "aq_secret"


@pytest.mark.parametrize("token", [None, ""])
def test_without_one_nothing_is_started_anew(token: str | None) -> None:
    hide_token(token)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("party.local:8000", "http://party.local:8000"),
        ("192.168.1.5", "http://192.168.1.5"),
        ("https://party.example/", "https://party.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_server_is_named_as_people_write_it(given: str, address: str) -> None:
    assert options._address(given) == address


@pytest.mark.parametrize("given", ["mqtt://party.local", "http://", "party.local:music", "http://[::1", ":8000"])
def test_what_is_no_address_is_refused_with_one_that_would_be(given: str) -> None:
    with pytest.raises(StartRefused, match=f"^{re.escape(given)} is no address .* http://party.local:8000"):
        options._address(given)


@pytest.mark.parametrize(
    ("words", "is_terminal", "kind"), [([], True, Sentences), ([], False, JsonLines), (["--json"], True, JsonLines)]
)
def test_a_terminal_shows_sentences_and_a_pipe_json(
    monkeypatch: pytest.MonkeyPatch, words: list[str], is_terminal: bool, kind: type
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)

    asked = _parser().parse_args(["speaker", "--server", "party.local", *words])

    assert isinstance(options.Options.of(asked).show, kind)


def test_the_state_is_where_systemd_or_xdg_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert options._state_folder() == tmp_path / "api_queue"

    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/speaker")
    assert options._state_folder() == Path("/var/lib/speaker")


@pytest.mark.parametrize(
    ("where", "server"), [("--discover", None), ("--server http://party.local:8000", "http://party.local:8000")]
)
def test_the_unit_of_systemd_starts_it_as_it_can_be_started(where: str, server: str | None) -> None:
    unit = (ROOT / "config/systemd/api-queue-speaker.service").read_text()
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    given = {"$WHERE": where, "${QUEUE}": "party", "%H": "kitchen", "${OUTPUT}": "auto"}
    for variable, value in given.items():
        command = command.replace(variable, value)

    asked = _parser().parse_args(command.split()[1:])

    assert (asked.server, asked.discover, asked.queue, asked.name) == (server, not server, "party", "kitchen")
