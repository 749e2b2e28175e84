"""What a reader may rely on, whichever of the two embedded brokers is there."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from api_queue.drivers.mqtt_broker import BrokerProcess, EmbeddedBroker
from tests.drivers import mqtt_wire
from tests.drivers.conftest import Open
from tests.drivers.mqtt_client import PATIENCE_S, Client, Heard, Transport, password_of, server

TRANSPORTS: tuple[Transport, ...] = "tcp", "websockets"
BOTH_WAYS = pytest.mark.parametrize("transport", TRANSPORTS)
SERVER = "api_queue"


@BOTH_WAYS
def test_who_comes_late_gets_what_is_retained_and_then_each_change(
    broker: BrokerProcess, topic: str, transport: Transport
) -> None:
    with server(broker) as writer, Client(broker, transport=transport) as reader:
        writer.publish(topic, b"before", retain=True)
        reader.subscribe(topic, 1)
        assert reader.hear() == Heard(topic, b"before", 1, retain=True)
        writer.publish(topic, b"after", retain=True)
        assert reader.hear() == Heard(topic, b"after", 1, retain=False)


def test_an_empty_payload_clears_what_was_retained(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker) as reader:
        writer.publish(topic, b"state", retain=True)
        writer.publish(topic, b"", retain=True)
        reader.subscribe(topic)
        assert reader.hear_nothing()


@BOTH_WAYS
def test_a_long_list_arrives_whole(broker: BrokerProcess, topic: str, transport: Transport) -> None:
    # Mosquitto hands a websocket 4 kB ten times a second, so the largest would take it 7 s.
    slow = broker.name == "mosquitto" and transport == "websockets"
    payload = os.urandom(60_000 if slow else 300_000)
    with server(broker) as writer, Client(broker, transport=transport) as reader:
        reader.subscribe(topic, 1)
        writer.publish(topic, payload, retain=True)
        assert reader.hear().payload == payload
    with Client(broker, transport=transport) as late:
        late.subscribe(topic)
        assert late.hear().payload == payload


@pytest.mark.parametrize(("published", "subscribed"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_the_lower_qos_counts(broker: BrokerProcess, topic: str, published: int, subscribed: int) -> None:
    with server(broker) as writer, Client(broker) as reader:
        assert reader.subscribe(topic, subscribed) == [subscribed]
        writer.publish(topic, b"x", published)
        assert reader.hear().qos == min(published, subscribed)


def test_subscribing_again_changes_the_qos(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker) as reader:
        reader.subscribe(topic, 0)
        reader.subscribe(topic, 1)
        writer.publish(topic, b"x")
        assert reader.hear() == Heard(topic, b"x", 1)
        assert reader.hear_nothing()


def test_nothing_comes_after_unsubscribing(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker) as reader:
        reader.subscribe(topic)
        reader.unsubscribe(topic)
        writer.publish(topic, b"x")
        assert reader.hear_nothing()


@pytest.mark.parametrize("wanted", ["{}/#", "{}/+/items", "{}/party/+", "{}/+/+/#"])
def test_wildcards_find_topics(broker: BrokerProcess, topic: str, wanted: str) -> None:
    with server(broker) as writer, Client(broker) as live, Client(broker) as late:
        live.subscribe(wanted.format(topic), 1)
        writer.publish(f"{topic}/party/items", b"x", retain=True)
        assert live.hear() == Heard(f"{topic}/party/items", b"x", 1)
        late.subscribe(wanted.format(topic), 1)
        assert late.hear() == Heard(f"{topic}/party/items", b"x", 1, retain=True)


def test_topics_with_a_dollar_are_hidden_from_wildcards(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker) as reader:
        for wanted in ("#", "+/secret"):
            reader.subscribe(wanted)
        while not reader.hear_nothing():  # what other tests left
            pass
        writer.publish("$hidden/secret", b"x")
        writer.publish(topic, b"seen")
        assert reader.hear().topic == topic


def test_what_a_stranger_publishes_reaches_nobody(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker) as reader, Client(broker) as stranger:
        reader.subscribe(topic)
        with suppress(RuntimeError):  # the announcer may have closed the line before paho asks
            stranger.publish(topic, b"forged", qos=0, retain=True)
        assert reader.hear_nothing()
        writer.publish(topic, b"real", qos=0)
        assert reader.hear().payload == b"real"
    with Client(broker) as late:
        late.subscribe(topic)
        assert late.hear_nothing()


def test_the_will_of_a_stranger_reaches_nobody(broker: BrokerProcess, raw: Open, topic: str) -> None:
    with Client(broker) as reader:
        reader.subscribe(topic)
        stranger = raw(mqtt_wire.connect("s", will=(topic, b"forged")))
        stranger.read(4)
        stranger.close()
        assert reader.hear_nothing()


@pytest.mark.parametrize("name", [SERVER, "somebody"])
def test_a_wrong_password_is_refused(broker: BrokerProcess, name: str) -> None:
    client = Client(broker, login=(name, "guess"))
    assert client.connect().is_failure
    assert client.closed.wait(PATIENCE_S)
    client.__exit__(None, None, None)


def test_version_5_is_spoken_or_refused_in_its_own_words(broker: BrokerProcess) -> None:
    client = Client(broker, version=MQTTProtocolVersion.MQTTv5)
    assert str(client.connect()) == {"mosquitto": "Success", "announcer": "Unsupported protocol version"}[broker.name]
    client.__exit__(None, None, None)


def test_the_newer_connection_of_a_client_id_wins(broker: BrokerProcess, topic: str) -> None:
    with server(broker) as writer, Client(broker, "screen") as older:
        older.subscribe(topic)
        with Client(broker, "screen") as newer:
            assert older.closed.wait(PATIENCE_S)
            newer.subscribe(topic)
            writer.publish(topic, b"x")
            assert newer.hear().payload == b"x"


@BOTH_WAYS
def test_who_comes_back_to_a_session_hears_without_subscribing_again(
    broker: BrokerProcess, topic: str, transport: Transport
) -> None:
    name = f"phone-{topic}-{transport}"
    with Client(broker, name, transport=transport, clean=False) as reader:
        reader.subscribe(topic)
    with server(broker) as writer, Client(broker, name, transport=transport, clean=False) as back:
        writer.publish(topic, b"x", qos=0)
        assert back.hear().payload == b"x"


def test_the_will_is_published_when_the_server_goes_without_a_word(
    broker: BrokerProcess, raw: Open, topic: str
) -> None:
    login = SERVER, password_of(broker)
    with Client(broker) as reader:
        reader.subscribe(topic, 1)
        dying = raw(mqtt_wire.connect("s", login=login, will=(topic, b"offline"), will_retain=True))
        dying.read(4)
        dying.close()
        assert reader.hear() == Heard(topic, b"offline", 1)
    with Client(broker) as late:
        late.subscribe(topic)
        assert late.hear() == Heard(topic, b"offline", 0, retain=True)


def test_there_is_no_will_after_a_farewell(broker: BrokerProcess, raw: Open, topic: str) -> None:
    login = SERVER, password_of(broker)
    with Client(broker) as reader:
        reader.subscribe(topic)
        leaving = raw(mqtt_wire.connect("s", login=login, will=(topic, b"offline")), mqtt_wire.DISCONNECT)
        assert leaving.ended()
        assert reader.hear_nothing()


def test_the_will_of_the_older_connection_comes_before_the_newer_speaks(
    broker: BrokerProcess, raw: Open, topic: str
) -> None:
    hello = mqtt_wire.connect("s", login=(SERVER, password_of(broker)), will=(topic, b"offline"))
    with Client(broker) as reader:
        reader.subscribe(topic, 1)
        older = raw(hello)
        older.read(4)
        newer = raw(hello, mqtt_wire.publish(topic, b"online"))
        assert [reader.hear().payload, reader.hear().payload] == [b"offline", b"online"]
        newer.say(mqtt_wire.DISCONNECT)


def test_a_silent_client_is_closed_after_one_and_a_half_keepalives(broker: BrokerProcess, raw: Open) -> None:
    started = time.monotonic()
    silent = raw(mqtt_wire.connect("silent", keepalive_s=1))
    assert silent.read(4) == b"\x20\2\0\0"
    assert silent.ended()
    assert 1.0 < time.monotonic() - started < 12.0  # Mosquitto looks every five seconds


def test_a_ping_keeps_a_client(broker: BrokerProcess, raw: Open) -> None:
    client = raw(mqtt_wire.connect("pings", keepalive_s=1))
    client.read(4)
    for _ in range(3):
        time.sleep(0.7)  # time itself is what is tested
        assert client.say(mqtt_wire.PINGREQ).read(2) == b"\xd0\0"


@pytest.mark.parametrize("wanted", ["a/#/b", "a+", ""])
def test_a_filter_that_is_none_ends_the_connection(raw: Open, wanted: str) -> None:
    assert raw(mqtt_wire.connect(), mqtt_wire.subscribe((wanted, 0))).ended()


def test_a_reader_that_does_not_read_costs_little_and_delays_nobody(
    embedded: EmbeddedBroker, raw: Open, topic: str
) -> None:
    broker = embedded.process
    raw(mqtt_wire.connect("stalled"), mqtt_wire.subscribe((topic, 0)), receive_buffer=4096)
    with server(broker) as writer, Client(broker) as reader:
        reader.subscribe(topic, 1)
        before = _resident_kb(embedded)
        for number in range(4000):
            writer.publish(topic, str(number).encode() + b" " * 5000, qos=0)
            if number % 50 == 49:  # this reader keeps up
                while reader.hear().payload.strip() != str(number).encode():
                    pass
        writer.publish(topic, b"last")
        while reader.hear().payload != b"last":
            pass
        assert _resident_kb(embedded) - before < 12_000  # of 20,000 that went by


def _resident_kb(embedded: EmbeddedBroker) -> int:
    status = Path(f"/proc/{embedded.program.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def test_mosquitto_sub_reads_it(broker: BrokerProcess, topic: str, mosquitto_sub: str) -> None:
    with server(broker) as writer:
        writer.publish(topic, b"for a shell", retain=True)
    arguments = ["-h", broker.host, "-p", str(broker.port), "-t", topic, "-C", "1", "-W", "5", "-q", "1"]
    child = await asyncio.create_subprocess_exec(mosquitto_sub, *arguments, stdout=asyncio.subprocess.PIPE)
    printed, _ = await child.communicate()
    assert printed == b"for a shell\n"


def test_killed_it_comes_back_on_the_same_ports(fresh: EmbeddedBroker) -> None:
    broker = fresh.process
    for _ in range(2):
        with Client(broker) as tcp, Client(broker, transport="websockets") as websocket:
            assert fresh.program.pid
            os.kill(fresh.program.pid, signal.SIGKILL)
            assert tcp.closed.wait(PATIENCE_S)
            assert websocket.closed.wait(PATIENCE_S)
        _wait_until_it_answers(broker)
        with server(broker) as writer, Client(broker, transport="websockets") as reader:
            reader.subscribe("again", 1)
            writer.publish("again", b"x")
            assert reader.hear().payload == b"x"


def _wait_until_it_answers(broker: BrokerProcess) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not all(_answers(broker, transport) for transport in TRANSPORTS):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _answers(broker: BrokerProcess, transport: Transport) -> bool:
    client = Client(broker, transport=transport)
    try:
        return not client.connect().is_failure
    except OSError:
        return False
    finally:
        client.__exit__(None, None, None)
