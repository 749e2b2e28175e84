"""What `serve` decides and refuses before anything runs."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api_queue.errors import StartRefused
from api_queue.parts import Parts
from api_queue.serving.account_commands import with_parts
from api_queue.serving.addresses import listen
from api_queue.serving.serve import _refuse_unfit, _warn_of_open, _with_addresses
from api_queue.settings import Settings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", ""])
def test_a_demo_is_for_this_machine_only(host: str) -> None:
    with pytest.raises(StartRefused, match=r"127\.0\.0\.1 only"):
        _refuse_unfit(Settings(profile="demo", host=host, library_roots=()))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_demo_may_listen_on_any_loopback(host: str) -> None:
    _refuse_unfit(Settings(profile="demo", host=host, library_roots=()))


def test_a_normal_server_may_listen_anywhere() -> None:
    _refuse_unfit(Settings(host="0.0.0.0", library_roots=()))


def test_a_folder_of_music_may_be_missing_and_may_not_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "song.flac").touch()
    _refuse_unfit(Settings(library_roots=(tmp_path / "none", tmp_path)))
    with pytest.raises(StartRefused, match=r"song\.flac cannot be read"):
        _refuse_unfit(Settings(library_roots=(tmp_path, tmp_path / "song.flac")))


def test_what_was_left_open_is_decided_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        decided = _with_addresses(Settings(host="127.0.0.1", port=0, data=Path("data")), listener)
    assert decided.port == port
    assert decided.data == tmp_path / "data"
    assert decided.public_url == f"http://127.0.0.1:{port}"
    assert str(tmp_path / "data") in decided.sql_url


def test_what_the_operator_said_stays(tmp_path: Path) -> None:
    own = Settings(host="127.0.0.1", public_url="https://party.example", sql_url="sqlite:///own", data=tmp_path)
    with listen("127.0.0.1", 0) as listener:
        decided = _with_addresses(own, listener)
    assert decided.public_url == "https://party.example"
    assert decided.sql_url.endswith("///own")


def test_tokens_need_a_database_that_is_there(tmp_path: Path) -> None:
    async def never(_parts: Parts) -> str:
        raise AssertionError

    with pytest.raises(StartRefused, match="There is no server's database in"):
        with_parts(Settings(data=tmp_path), never)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_the_operators_own_is_asked_without_a_folder(tmp_path: Path) -> None:
    async def answer(_parts: Parts) -> str:
        return "asked"

    settings = Settings(data=tmp_path / "none", sql_url=f"sqlite+aiosqlite:///{tmp_path}/own.sqlite")
    assert with_parts(settings, answer) == "asked"


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        (Settings(), 0),
        (Settings(karakara_password="name"), 1),
        (Settings(karakara_password="name", karakara_enabled=False), 0),
    ],
)
def test_a_password_that_all_know_is_warned_of(settings: Settings, warnings: int) -> None:
    with capture_logs() as logs:
        _warn_of_open(settings)
    assert [line["log_level"] for line in logs] == ["warning"] * warnings
