"""What the operator reads, and what programs read."""

import sys
from pathlib import Path

import pytest

from api_queue.serving import welcome
from api_queue.serving.addresses import authority, is_loopback, listen, name_for_others
from api_queue.settings import Settings


def settings(data: Path, **changes: object) -> Settings:
    own: dict[str, object] = {"host": "127.0.0.1", "public_url": "http://party.example", "data": data, **changes}
    return Settings(**own)  # type: ignore[arg-type]  # each test gives what fits


def printed(capsys: pytest.CaptureFixture[str], settings: Settings, code: str | None) -> str:
    welcome.show(settings, code)
    return capsys.readouterr().out


def test_a_terminal_gets_a_qr_code_and_the_admin_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    text = printed(capsys, settings(tmp_path), "secret")
    assert "http://party.example/login#code=secret" in text
    assert "▄" in text
    assert text.startswith("\r\x1b[K")  # in place of the progress line
    assert not list(tmp_path.iterdir())


def test_without_a_terminal_the_admin_link_is_in_a_file_that_replaces_the_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "admin-link").write_text("old")
    assert "secret" not in printed(capsys, settings(tmp_path), "secret")
    assert (tmp_path / "admin-link").read_text() == "http://party.example/login#code=secret\n"
    assert (tmp_path / "admin-link").stat().st_mode & 0o777 == 0o600


def test_with_an_admin_there_is_no_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "token create --role admin" in printed(capsys, settings(tmp_path), None)


def test_the_music_is_the_operators_or_the_demos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"Music:   {tmp_path}\n" in printed(capsys, settings(tmp_path, library_roots=(tmp_path,)), None)
    none = tmp_path / "none"
    assert f"demo songs, since there is no {none};" in printed(capsys, settings(tmp_path, library_roots=(none,)), None)


def test_without_a_first_queue_the_landing_page_is_the_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, settings(tmp_path, queues_start=""), None)
    assert "Guests:  http://party.example\n" in text
    assert "make a queue" in text


def test_the_ready_line_never_holds_the_login_of_a_broker(tmp_path: Path) -> None:
    own = settings(tmp_path, mqtt_url="mqtts://me:secret@broker.example", mqtt_public_url="wss://broker.example/mqtt")
    assert (
        welcome.ready_line(own) == "ready: http://127.0.0.1:8000 mqtts://broker.example:8883 wss://broker.example/mqtt"
    )


# -- addresses -------------------------------------------------------------------------------------------------


def test_every_address_is_shown_as_the_one_on_the_network() -> None:
    assert name_for_others("127.0.0.1") == "127.0.0.1"
    assert name_for_others("0.0.0.0").count(".") == 3
    assert name_for_others("0.0.0.0") != "0.0.0.0"


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.5", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_what_stays_on_this_machine_is_known(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_ipv6_has_brackets_and_can_be_listened_on() -> None:
    assert authority("::1", 80) == "[::1]:80"
    with listen("::1", 0) as listener:
        assert listener.getsockname()[1]
