import socket
from pathlib import Path

import pytest

from api_queue.drivers import mosquitto
from api_queue.drivers.announcer.server import PASSWORD_VARIABLE
from api_queue.drivers.mqtt_broker import BrokerProcess, prepare_broker
from api_queue.errors import StartRefused
from api_queue.settings import Settings
from tests.drivers.conftest import Kind
from tests.drivers.mqtt_client import password_of


def prepared(folder: Path, kind: Kind, host: str = "127.0.0.1", port: int = 0) -> BrokerProcess:
    return prepare_broker(Settings(host=host, mqtt_embedded=kind, mqtt_port=port, mqtt_ws_port=0), folder)


@pytest.fixture
def no_mosquitto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mosquitto, "find_binary", lambda: None)


@pytest.mark.usefixtures("no_mosquitto")
def test_without_mosquitto_auto_takes_the_announcer(tmp_path: Path) -> None:
    settings = Settings(host="127.0.0.1", mqtt_port=0, mqtt_ws_port=0)
    assert prepare_broker(settings, tmp_path).name == "announcer"


def test_with_mosquitto_auto_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mosquitto, "find_binary", lambda: "/somewhere/mosquitto")
    process = prepare_broker(Settings(host="127.0.0.1", mqtt_port=0, mqtt_ws_port=0), tmp_path)
    assert process.command == ("/somewhere/mosquitto", "-c", str(tmp_path / "mqtt" / "mosquitto.conf"))


@pytest.mark.usefixtures("no_mosquitto")
def test_who_insists_on_mosquitto_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="install the package mosquitto"):
        prepared(tmp_path, "mosquitto")


def test_port_0_is_any_free_one_for_each_listener(tmp_path: Path) -> None:
    process = prepared(tmp_path, "announcer")
    assert 0 < process.port != process.ws_port > 0


def test_a_port_that_is_taken_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartRefused, match=f"Port {port} for MQTT cannot be had"):
            prepared(tmp_path, "announcer", port=port)


def test_the_password_is_in_no_argument_and_in_no_log_line(tmp_path: Path) -> None:
    process = prepared(tmp_path, "announcer")
    password = process.env[PASSWORD_VARIABLE]
    assert password == password_of(process)
    assert password not in repr(process)
    assert password not in " ".join(process.command)


def test_each_start_has_a_password_of_its_own(tmp_path: Path) -> None:
    assert password_of(prepared(tmp_path, "announcer")) != password_of(prepared(tmp_path, "announcer"))


@pytest.mark.parametrize(("host", "reached"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_the_publisher_is_told_an_address_of_this_machine(tmp_path: Path, host: str, reached: str) -> None:
    process = prepared(tmp_path, "announcer", host)
    assert process.url_with_credential.endswith(f"@{reached}:{process.port}")
