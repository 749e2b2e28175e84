"""Every command of README.md does what it says."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from api_queue import settings_sources
from api_queue.command_line import _parser
from tests.live import LiveServer, live_server, until
from tests.tools import needs

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [line for language, block in BLOCKS if language == "sh" for line in block.splitlines()]
ENDLESS = {"curl -N": "event: snapshot", "mosquitto_sub": "api_queue/queue/test/items {"}

STREAMS = [command for command in COMMANDS if command.startswith(tuple(ENDLESS))]
CURLS = [command for command in COMMANDS if command.startswith("curl ") and command not in STREAMS]
MAKES = [command for command in COMMANDS if re.search(r"\bmake\b", command)]
SPEAKERS = [command for command in COMMANDS if command.startswith(".venv/bin/python -m api_queue speaker ")]
OURS = [c for c in COMMANDS if c.startswith(".venv/bin/python -m api_queue ") and c not in SPEAKERS]


@dataclass
class Party:
    """What `make run` and `make demo` start, and what stands for the words that a reader fills in."""

    run: LiveServer
    demo: LiveServer

    @property
    def folder(self) -> Path:
        """Where `make run` was called: `./data` is there."""
        return self.run.data.parent

    def filled_in(self, command: str) -> str:
        server = self.demo if "queue/test" in command else self.run
        mqtt = urlsplit(server.ready_line.split()[2])
        words = {
            "http://localhost:8000": server.url,
            "-p 1883": f"-p {mqtt.port}",
            ".venv/bin/python": sys.executable,
            "/mnt/usb": f"{self.folder}",
        }
        if "cookie" in command:
            words |= dict(zip(["FIRST", "SECOND", "ITEM"], self.items(), strict=False))
        if "TOKEN" in command:
            words["TOKEN"] = self.token
        if ": KEY" in command:
            words[": KEY"] = f": {self.key}"
        if "RECEIPT" in command:
            words["RECEIPT"] = self.receipt()
        for word, real in words.items():
            command = command.replace(word, real)
        return command

    def items(self) -> list[str]:
        """Three that wait: added, as README says."""
        with httpx.Client(base_url=self.demo.url, cookies={"session_id": "test"}, timeout=20) as guest:
            body = {"track_id": "KAT_TUN_Your_side_Instrumental_", "performer_name": "test"}
            return [guest.post("/queue/test/", json=body).raise_for_status().json()["id"] for _ in range(3)]

    def receipt(self) -> str:
        """Of a message that was sent and received, as README says."""
        send, receive = (next(c for c in CURLS if words in c) for words in ("lamps/messages -d", "/receive"))
        self.shell(send)
        message = json.loads(self.shell(receive))["messages"][0]
        return str(message["receipt_handle"])

    @cached_property
    def token(self) -> str:
        """The admin's, who may do what a host may."""
        return self.shell(next(c for c in OURS if "--role admin" in c)).strip()

    @cached_property
    def key(self) -> str:
        return self.shell(next(c for c in OURS if " key create " in c)).strip()

    def shell(self, command: str) -> str:
        """A refusal by the server is a failure, as it is for a reader."""
        (self.folder / ".curlrc").write_text("fail\nsilent\nshow-error\nmax-time = 20\n")
        environment = os.environ | {"CURL_HOME": str(self.folder)}
        words = ["bash", "-c", self.filled_in(command)]
        done = subprocess.run(words, check=False, cwd=self.folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def dry_run(command: str) -> list[str]:
    """The words of the last line that make would run."""
    needs("make")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    words = ["bash", "-c", re.sub(r"\bmake\b", "make --dry-run", command)]
    said = subprocess.run(words, check=True, cwd=ROOT, env=environment, capture_output=True, text=True)
    return shlex.split(said.stdout.splitlines()[-1])


def started_by(command: str) -> list[str]:
    """The options of `serve`; files by their whole path."""
    words = dry_run(command)
    assert words[:5] == ["exec", ".venv/bin/python", "-m", "api_queue", "serve"]
    return [str(ROOT / word) if (ROOT / word).is_file() else word for word in words[5:]]


@pytest.fixture(scope="module")
def party(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Party]:
    here, there = tmp_path_factory.mktemp("run"), tmp_path_factory.mktemp("demo")
    options = started_by("make run"), started_by("make demo")
    with live_server(here, *options[0]) as run, live_server(there, *options[1]) as demo:
        with httpx.Client(base_url=demo.url, timeout=20) as client:
            until(lambda: client.get("/tracks").json()["total"] == 10, "the demo's songs are known")
        yield Party(run, demo)


@pytest.mark.parametrize("command", CURLS)
def test_a_line_of_curl_is_answered(party: Party, command: str) -> None:
    needs("curl")
    party.shell(command)


@pytest.mark.parametrize("command", STREAMS)
def test_a_stream_begins_with_the_whole_picture(party: Party, command: str) -> None:
    needs(command.split(maxsplit=1)[0], "mosquitto-clients" if "mosquitto" in command else "")
    expected = next(begin for program, begin in ENDLESS.items() if command.startswith(program))
    filled = ["timeout", "20", "bash", "-c", f"exec {party.filled_in(command)}"]
    with subprocess.Popen(filled, stdout=subprocess.PIPE, text=True) as stream:
        assert stream.stdout is not None
        assert any(expected in line for line in stream.stdout)
        stream.terminate()


@pytest.mark.parametrize("command", OURS)
def test_a_command_of_ours_works(party: Party, command: str) -> None:
    (party.folder / "party.toml").write_text(next(block for language, block in BLOCKS if language == "toml"))
    assert party.shell(command)


@pytest.mark.parametrize("command", SPEAKERS)
def test_a_speaker_shows_the_code_with_which_the_host_lets_it_in(party: Party, command: str) -> None:
    environment = os.environ | {"XDG_STATE_HOME": str(party.folder)}
    words = ["bash", "-c", f"exec {party.filled_in(command)}"]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as speaker:
        assert speaker.stderr is not None
        assert re.search(r"its code is [A-Z0-9]{6}\.", speaker.stderr.readline())
        speaker.terminate()
    assert speaker.returncode == 0


@pytest.mark.parametrize("command", MAKES)
def test_make_knows_its_targets_and_serve_its_options(command: str) -> None:
    words = dry_run(command)
    if "api_queue" in words and "serve" in words:
        _parser().parse_args(words[words.index("serve") :])


def test_a_setting_before_make_is_one() -> None:
    variables = re.findall(r"^API_QUEUE_(\w+)=", "\n".join(MAKES), re.MULTILINE)
    assert variables
    assert {name.lower() for name in variables} <= set(settings_sources.TYPES)


def test_no_command_is_left_out() -> None:
    assert set(COMMANDS) == {*CURLS, *STREAMS, *MAKES, *SPEAKERS, *OURS}
    assert {language for language, _ in BLOCKS} == {"sh", "toml"}
