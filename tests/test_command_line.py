"""The command line: every refusal is one sentence and an exit code."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_queue import __version__
from api_queue.command_line import main
from api_queue.drivers.sql import url_of
from api_queue.migrations import upgrade
from api_queue.parts import Parts
from api_queue.serving.data_folder import locked
from api_queue.settings import Settings


@pytest.fixture(autouse=True)
def _own_interrupt() -> Iterator[None]:
    """`main` leaves Ctrl-C to the system; the test run wants its own back."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def refused(*arguments: str, cwd: Path) -> str:
    """What a command that must fail with code 1 says."""
    command = [sys.executable, "-m", "api_queue", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert not done.stdout
    return done.stderr


def serve_refused(folder: Path, *options: str) -> str:
    ports = ["--host", "127.0.0.1", "--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0"]
    return refused("serve", *ports, "--data", str(folder / "data"), *options, cwd=folder)


@pytest.mark.parametrize("option", ["--port", "--mqtt-port", "--mqtt-ws-port"])
def test_a_port_that_is_taken_is_named(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in serve_refused(tmp_path, option, str(port))


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file/below cannot be written" in serve_refused(tmp_path, "--data", str(tmp_path / "file" / "below"))


def test_a_music_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "song.flac").touch()
    assert "song.flac cannot be read" in serve_refused(tmp_path, "--music", str(tmp_path / "song.flac"))


def test_a_music_folder_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    assert "There is no music folder none; look at --music." in serve_refused(tmp_path, "--music", "none")


@pytest.mark.parametrize("command", ["conductor", "relay", "work"])
def test_a_role_alone_is_told_that_redis_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    for key, url in {"REDIS": "redis://127.0.0.1:1", "SQL": "sqlite:///own", "MQTT": "mqtt://127.0.0.1:1"}.items():
        monkeypatch.setenv(f"API_QUEUE_{key}_URL", url)
    assert refused(command, cwd=tmp_path) == "Redis does not answer; look at redis_url.\n"


def test_a_worker_alone_is_told_that_the_database_is_not_the_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    monkeypatch.setenv("API_QUEUE_REDIS_URL", redis_url)
    monkeypatch.setenv("API_QUEUE_SQL_URL", "sqlite:///another")
    assert refused("work", cwd=tmp_path) == "The database cannot be used: no such table: alembic_version.\n"


def test_two_servers_do_not_share_a_data_folder(tmp_path: Path) -> None:
    with locked(tmp_path / "data"):
        assert "Another server uses the data folder" in serve_refused(tmp_path)


def test_the_demo_does_not_leave_this_machine(tmp_path: Path) -> None:
    (tmp_path / "demo.toml").write_text('profile = "demo"\n')
    assert "127.0.0.1 only" in serve_refused(tmp_path, "--config", "demo.toml", "--host", "0.0.0.0")


def test_a_demos_database_is_not_served_to_others(tmp_path: Path) -> None:
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
    assert "made by the demo" in serve_refused(tmp_path)


def test_a_redis_that_does_not_answer_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"API_QUEUE_REDIS_URL=unix://{tmp_path}/none.sock\n")
    assert "redis_url" in serve_refused(tmp_path)


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:////none/at/all.sqlite", "nonsense", "postgresql+asyncpg://nowhere/x"]
)
def test_a_database_that_cannot_be_used_is_a_sentence(tmp_path: Path, url: str) -> None:
    (tmp_path / ".env").write_text(f"API_QUEUE_SQL_URL={url}\n")
    assert "The database cannot be used" in serve_refused(tmp_path)


def test_a_setting_that_does_not_fit_is_a_sentence(tmp_path: Path) -> None:
    assert "'port' must be a whole number from 0 to 65535, not 'eight'" in serve_refused(tmp_path, "--port", "eight")


@pytest.mark.parametrize(("command", "role"), [("relay", "relay"), ("conductor", "conductor"), ("work", "worker")])
def test_a_role_alone_asks_for_the_parts_it_shares(tmp_path: Path, command: str, role: str) -> None:
    assert f"A {role} alone needs the server's own redis_url and " in refused(command, cwd=tmp_path)


def test_tokens_of_no_server_are_refused(tmp_path: Path) -> None:
    assert "no server's database" in refused("token", "list", "--data", "nowhere", cwd=tmp_path)


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
