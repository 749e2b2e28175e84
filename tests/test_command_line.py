"""The command line: every refusal is one sentence and an exit code."""

import asyncio
import re
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from api_queue import __version__
from api_queue.clients.programs import lives
from api_queue.command_line import main
from api_queue.drivers.sql import url_of
from api_queue.migrations import upgrade
from api_queue.parts import Parts
from api_queue.serving import data_folder, forking, roles, serve
from api_queue.serving.data_folder import locked
from api_queue.serving.forking import ENDING
from api_queue.settings import Settings
from tests.live import LiveServer, until

PORTS = ("--host", "127.0.0.1", "--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0")
Refused = Callable[..., str]


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """`main` and `serve` take Ctrl-C and SIGTERM as their own; the test run wants them back."""
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Refused:
    """What a command that must fail with code 1 says. It runs here, without the process that would fork others."""

    def runs(*_: object) -> None:
        pytest.fail("it is not refused")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(forking, "start_fork_server", lambda: None)
    monkeypatch.setattr(serve, "_run_sanic", runs)
    monkeypatch.setattr(roles, "run_role", runs)

    def refused(*arguments: str) -> str:
        assert main(arguments) == 1
        said = capfd.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1), said.err
        return said.err

    return refused


@pytest.fixture
def serve_refused(refused: Refused) -> Refused:
    return partial(refused, "serve", *PORTS, "--data", "data")


def test_a_refusal_is_an_exit_code_and_leaves_no_process(tmp_path: Path) -> None:
    # Given a server that is started as its users do, and a part of it for which there is no room
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = LiveServer(tmp_path, "--mqtt-port", port)
        until(lambda: server.processes() or server.process.poll() is not None, "its processes")
        # Then it says so in a sentence, fails, and leaves none behind
        assert server.process.wait(60) == 1
    said = server.err.read_text()
    assert (server.out.read_text(), said.count("\n"), said.startswith(f"Port {port} ")) == ("", 1, True)
    until(lambda: not any(map(lives, server.seen)), "the end of all processes")


@pytest.mark.parametrize("option", ["--port", "--mqtt-port", "--mqtt-ws-port"])
def test_a_port_that_is_taken_is_named(serve_refused: Refused, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in serve_refused(option, str(port))


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, serve_refused: Refused) -> None:
    (tmp_path / "file").touch()
    assert "file/below cannot be written" in serve_refused("--data", str(tmp_path / "file" / "below"))


def test_a_music_folder_that_cannot_be_read_is_named(tmp_path: Path, serve_refused: Refused) -> None:
    (tmp_path / "song.flac").touch()
    assert "song.flac cannot be read" in serve_refused("--music", str(tmp_path / "song.flac"))


def test_a_music_folder_that_was_named_has_to_be_there(serve_refused: Refused) -> None:
    assert "There is no music folder none; look at --music." in serve_refused("--music", "none")


@pytest.mark.parametrize("command", ["conductor", "relay", "work"])
def test_a_role_alone_is_told_that_redis_is_not_there(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for key, url in {"REDIS": "redis://127.0.0.1:1", "SQL": "sqlite:///own", "MQTT": "mqtt://127.0.0.1:1"}.items():
        monkeypatch.setenv(f"API_QUEUE_{key}_URL", url)
    assert refused(command) == "Redis does not answer; look at redis_url.\n"


def test_a_worker_alone_is_told_that_the_database_is_not_the_servers(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setenv("API_QUEUE_REDIS_URL", redis_url)
    monkeypatch.setenv("API_QUEUE_SQL_URL", "sqlite:///another")
    assert refused("work") == "The database cannot be used: no such table: alembic_version.\n"


def test_two_servers_do_not_share_a_data_folder(
    tmp_path: Path, serve_refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "PATIENCE_S", 0.1)
    with locked(tmp_path / "data"):
        assert "Another server uses the data folder" in serve_refused()


def test_the_demo_does_not_leave_this_machine(tmp_path: Path, serve_refused: Refused) -> None:
    (tmp_path / "demo.toml").write_text('profile = "demo"\n')
    assert "127.0.0.1 only" in serve_refused("--config", "demo.toml", "--host", "0.0.0.0")


def test_a_demos_database_is_not_served_to_others(tmp_path: Path, serve_refused: Refused) -> None:
    # Given a data folder in which a demo has been
    (tmp_path / "data").mkdir()
    url = url_of("", tmp_path / "data")
    upgrade(url)

    async def add_demo_admin() -> None:
        parts = Parts(Settings(sql_url=url, redis_url="unix:///none"))
        await parts.tokens.add_demo_admin()
        await parts.close()

    asyncio.run(add_demo_admin())
    # When a normal server starts on it, then it refuses
    assert "made by the demo" in serve_refused()


def test_a_redis_that_does_not_answer_is_named(tmp_path: Path, serve_refused: Refused) -> None:
    (tmp_path / ".env").write_text(f"API_QUEUE_REDIS_URL=unix://{tmp_path}/none.sock\n")
    assert "redis_url" in serve_refused()


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:////none/at/all.sqlite", "nonsense", "postgresql+asyncpg://nowhere/x"]
)
def test_a_database_that_cannot_be_used_is_a_sentence(tmp_path: Path, serve_refused: Refused, url: str) -> None:
    (tmp_path / ".env").write_text(f"API_QUEUE_SQL_URL={url}\n")
    assert "The database cannot be used" in serve_refused()


def test_a_setting_that_does_not_fit_is_a_sentence(serve_refused: Refused) -> None:
    assert "'port' must be a whole number from 0 to 65535, not 'eight'" in serve_refused("--port", "eight")


@pytest.mark.parametrize(("command", "role"), [("relay", "relay"), ("conductor", "conductor"), ("work", "worker")])
def test_a_role_alone_asks_for_the_parts_it_shares(refused: Refused, command: str, role: str) -> None:
    assert f"A {role} alone needs the server's own redis_url and " in refused(command)


def test_tokens_of_no_server_are_refused(refused: Refused) -> None:
    assert "no server's database" in refused("token", "list", "--data", "nowhere")


def test_tokens_are_made_listed_and_revoked_without_a_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given the data folder of a server that does not run
    upgrade(url_of("", tmp_path))

    def said(*arguments: str) -> str:
        assert main(["token", *arguments, "--data", str(tmp_path)]) == 0
        return capsys.readouterr().out

    # When a token is made, then its value is all that is printed
    assert re.fullmatch(r"aq_\w+\n", said("create", "--role", "host", "--queue", "party", "--label", "the bar"))
    # And it is in the list, until it is revoked
    row = next(line for line in said("list").splitlines() if "the bar" in line)
    assert "is revoked" in said("revoke", row.split()[0])
    assert "revoked" in said("list")


@pytest.mark.parametrize("arguments", [[], ["sing"], ["serve", "--volume", "11"]])
def test_bad_usage_is_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m api_queue" in capsys.readouterr().err


def test_settings_are_listed_with_their_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("API_QUEUE_PORT", "8080")
    assert main(["settings"]) == 0
    assert "port = 8080 (the environment)" in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"
