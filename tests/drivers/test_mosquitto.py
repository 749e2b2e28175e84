"""What Mosquitto gives beyond the announcer, and that its configuration says what we mean."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from api_queue.drivers import mosquitto
from api_queue.drivers.announcer.broker import PUBLISHER
from api_queue.drivers.mqtt_broker import BrokerProcess, EmbeddedBroker
from tests.drivers import mqtt_wire
from tests.drivers.conftest import need, running
from tests.drivers.mqtt_client import PATIENCE_S, Client, Heard, password_of, server

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running("mosquitto", tmp_path_factory.mktemp("mosquitto")) as broker:
        yield broker


@pytest.fixture(scope="module")
def folder(embedded: EmbeddedBroker) -> Path:
    return Path(embedded.process.command[2]).parent


def _options(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_what_is_written_is_for_its_own_user_and_holds_no_password(embedded: EmbeddedBroker, folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("mosquitto.conf", "mosquitto.acl", "mosquitto.passwd"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert password_of(embedded.process) not in (folder / name).read_text()


def test_our_rules_are_those_that_we_give_to_others() -> None:
    given = _options((CONFIG / "mosquitto.conf").read_text())
    assert set(_options(mosquitto.RULES)) <= set(given)
    assert _options(mosquitto.Logins(PUBLISHER, "").rules()) == _options((CONFIG / "mosquitto.acl").read_text())


def test_the_configuration_that_we_give_to_others_works(tmp_path: Path) -> None:
    binary, maker = mosquitto.find_binary(), shutil.which("mosquitto_passwd")
    need("mosquitto", binary and maker)
    login, ports = (PUBLISHER, "chosen"), (_free_port(), _free_port())
    subprocess.run([str(maker), "-b", "-c", str(tmp_path / "api_queue.passwd"), *login], check=True)
    shutil.copy(CONFIG / "mosquitto.acl", tmp_path / "api_queue.acl")
    text = (CONFIG / "mosquitto.conf").read_text().replace("/etc/mosquitto", str(tmp_path))
    for port, ours in zip(("1883", "9001"), ports, strict=True):
        text = text.replace(f"listener {port}", f"listener {ours} 127.0.0.1\nsocket_domain ipv4")
    (tmp_path / "m.conf").write_text(text + f"persistence_location {tmp_path}/\nuser root\n")
    process = BrokerProcess("mosquitto", (), {}, "127.0.0.1", *ports, f"mqtt://{login[0]}:{login[1]}@127.0.0.1")
    with subprocess.Popen([str(binary), "-c", str(tmp_path / "m.conf")]) as child:
        try:
            _wait_for(ports[1])
            with server(process) as writer, Client(process, transport="websockets") as reader:
                reader.subscribe("t", 1)
                writer.publish("t", b"x")
                assert reader.hear() == Heard("t", b"x", 1)
        finally:
            child.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        return int(chosen.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


def test_both_listeners_keep_to_the_address_they_are_given(broker: BrokerProcess) -> None:
    for port in (broker.port, broker.ws_port):
        socket.create_connection(("127.0.0.1", port)).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port))


def test_version_5_is_spoken(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker, version=MQTTProtocolVersion.MQTTv5) as reader:
        writer.publish(topic, b"x", retain=True)
        reader.subscribe(topic, 1)
        assert reader.hear() == Heard(topic, b"x", 1, retain=True)


async def test_mosquitto_sub_speaks_version_5(broker: BrokerProcess, topic: str, mosquitto_sub: str) -> None:
    with server(broker) as writer:
        writer.publish(topic, b"five", retain=True)
    arguments = ["-V", "5", "-h", broker.host, "-p", str(broker.port), "-t", topic, "-C", "1", "-W", "5"]
    child = await asyncio.create_subprocess_exec(mosquitto_sub, *arguments, stdout=asyncio.subprocess.PIPE)
    printed, _ = await child.communicate()
    assert printed == b"five\n"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_persistent_session_outlives_the_end_of_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals
) -> None:
    monkeypatch.setattr(mosquitto, "RULES", mosquitto.RULES.replace("autosave_interval 5\n", "autosave_interval 1\n"))
    with running("mosquitto", tmp_path) as embedded:
        broker = embedded.process
        with Client(broker, "u8-mqtt--abc", clean=False) as reader:
            reader.subscribe("t", 1)
        if ending == signal.SIGKILL:
            _wait_until_saved(tmp_path / "mqtt" / "mosquitto.db", b"u8-mqtt--abc")
        first = embedded.program.pid
        assert first
        os.kill(first, ending)
        while embedded.program.pid == first:
            time.sleep(0.02)
        _wait_for(broker.port)
        with server(broker) as writer, Client(broker, "u8-mqtt--abc", clean=False) as back:
            writer.publish("t", b"without subscribing again")
            assert back.hear() == Heard("t", b"without subscribing again", 1)
        with server(broker) as writer:
            writer.publish("t", b"while away")
        with Client(broker, "u8-mqtt--abc", clean=False) as back:
            assert back.hear() == Heard("t", b"while away", 1)


def _wait_until_saved(file: Path, what: bytes) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not file.exists() or file.read_bytes().count(what) < 2:  # the session, and what it has subscribed to
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_sessions_that_last_do_not_fill_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = mosquitto.RULES.replace("memory_limit 536870912\n", "memory_limit 8388608\n")
    monkeypatch.setattr(mosquitto, "RULES", smaller)
    with running("mosquitto", tmp_path) as embedded:
        broker = embedded.process
        # When strangers come and go, and each leaves a session with many subscriptions
        assert not all(_leaves_a_session(broker, number) for number in range(500))
        # Then one of them was one too many, and others are served
        with server(broker) as writer, Client(broker) as reader:
            reader.subscribe("t", 0)
            writer.publish("t", b"x")
            assert reader.hear() == Heard("t", b"x", 0)


def _leaves_a_session(broker: BrokerProcess, number: int) -> bool:
    """Whether it was taken."""
    filters = [(f"{number}/{each}/{'x' * 400}", 0) for each in range(100)]
    with socket.create_connection((broker.host, broker.port), timeout=PATIENCE_S) as line:
        line.sendall(mqtt_wire.connect(f"stranger-{number}", clean=False) + mqtt_wire.subscribe(*filters))
        answer = b""
        with suppress(ConnectionError):
            while len(answer) < 4 + 4 + 100 and (more := line.recv(1000)):
                answer += more
    return len(answer) == 4 + 4 + 100
