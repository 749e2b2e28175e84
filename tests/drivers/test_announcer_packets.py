import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.drivers.announcer import packets
from api_queue.drivers.announcer.packets import Message, Packet, ProtocolError, VersionError
from tests.drivers import mqtt_wire

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
packet_ids = st.integers(1, 0xFFFF)
LIMIT = 1 << 20


def decoded(data: bytes) -> Packet:
    buffer = bytearray(data)
    cut = packets.take(buffer, LIMIT)
    assert cut
    assert not buffer
    return packets.decode(*cut)


@given(texts, st.binary(max_size=300), st.integers(0, 1), st.booleans(), packet_ids)
def test_a_publish_reads_back_as_it_was_written(
    topic: str, payload: bytes, qos: int, retain: bool, packet_id: int
) -> None:
    message = Message(topic, payload, qos, retain)
    data = packets.publish(message, qos, retain=retain, packet_id=packet_id)
    assert data == mqtt_wire.publish(topic, payload, qos=qos, retain=retain, packet_id=packet_id)
    assert decoded(data) == packets.Publish(message, packet_id if qos else 0)


@given(
    texts,
    st.booleans(),
    st.integers(0, 0xFFFF),
    st.none() | st.tuples(texts, texts),
    st.none() | st.tuples(texts, st.binary(max_size=40)),
    st.integers(0, 2),
    st.booleans(),
)
def test_a_connect_is_read(
    client_id: str,
    clean: bool,
    keepalive_s: int,
    login: tuple[str, str] | None,
    will: tuple[str, bytes] | None,
    will_qos: int,
    will_retain: bool,
) -> None:
    data = mqtt_wire.connect(
        client_id,
        clean=clean,
        keepalive_s=keepalive_s,
        login=login,
        will=will,
        will_qos=will_qos,
        will_retain=will_retain,
    )
    assert decoded(data) == packets.Connect(
        client_id,
        clean,
        keepalive_s,
        Message(*will, will_qos, will_retain) if will else None,
        login[0] if login else None,
        login[1].encode() if login else None,
    )


@given(st.lists(st.tuples(texts, st.integers(0, 2)), min_size=1, max_size=5), packet_ids)
def test_a_subscribe_and_an_unsubscribe_are_read(filters: list[tuple[str, int]], packet_id: int) -> None:
    names = tuple(text for text, _ in filters)
    asked = decoded(mqtt_wire.subscribe(*filters, packet_id=packet_id))
    assert asked == packets.Subscribe(packet_id, tuple(filters))
    assert decoded(mqtt_wire.unsubscribe(*names, packet_id=packet_id)) == packets.Unsubscribe(packet_id, names)


@given(st.lists(st.binary(max_size=200), max_size=5), st.lists(st.integers(1, 50), min_size=1))
def test_a_stream_may_be_cut_anywhere(payloads: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(mqtt_wire.publish("t", payload) for payload in payloads)
    buffer, seen = bytearray(), []
    while stream:
        for size in sizes:
            buffer += stream[:size]
            stream = stream[size:]
            while cut := packets.take(buffer, LIMIT):
                seen.append(packets.decode(*cut))
    assert seen == [packets.Publish(Message("t", payload), 0) for payload in payloads]


@given(st.binary(max_size=100))
def test_whatever_comes_is_a_packet_or_a_protocol_error(data: bytes) -> None:
    buffer = bytearray(data)
    try:
        while cut := packets.take(buffer, LIMIT):
            packets.decode(*cut)
    except (ProtocolError, VersionError):
        pass


def test_a_length_has_four_bytes_at_most() -> None:
    assert packets.take(bytearray(b"\x30\xff\xff\xff"), LIMIT) is None
    with pytest.raises(ProtocolError):
        packets.take(bytearray(b"\x30\xff\xff\xff\xff"), LIMIT)


def test_a_packet_that_is_too_large_is_refused_by_its_header() -> None:
    with pytest.raises(ProtocolError):
        packets.take(bytearray(mqtt_wire.publish("t", b"x" * 200)[:3]), 100)


@pytest.mark.parametrize("level", [3, 5, 6])
def test_other_versions_are_told_apart(level: int) -> None:
    with pytest.raises(VersionError) as raised:
        decoded(mqtt_wire.connect(level=level))
    assert raised.value.level == level


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x00\x00", id="no such type"),
        pytest.param(b"\x80\x06\0\1\0\1a\0", id="SUBSCRIBE with the wrong flags"),
        pytest.param(b"\x36\x06\0\1a\0\1x", id="QoS 3"),
        pytest.param(b"\x32\x05\0\1a\0\0", id="packet id 0"),
        pytest.param(b"\x82\x02\0\1", id="SUBSCRIBE to nothing"),
        pytest.param(b"\x82\x06\0\1\0\1a\3", id="SUBSCRIBE with QoS 3"),
        pytest.param(b"\xa2\x02\0\1", id="UNSUBSCRIBE from nothing"),
        pytest.param(b"\x30\x03\0\5a", id="a text that ends too early"),
        pytest.param(b"\x30\x03\0\1\0", id="U+0000"),
        pytest.param(b"\x30\x03\0\1\xff", id="not UTF-8"),
        pytest.param(b"\xc0\x01\0", id="bytes after the end"),
        pytest.param(b"\x10\x0c\0\4HTTP\4\2\0\0\0\0", id="not MQTT"),
        pytest.param(b"\x10\x0c\0\4MQTT\4\3\0\0\0\0", id="reserved connect flag"),
        pytest.param(b"\x10\x0c\0\4MQTT\4\x22\0\0\0\0", id="will retain without a will"),
        pytest.param(b"\x10\x0c\0\4MQTT\4\x42\0\0\0\0", id="a password without a name"),
    ],
)
def test_a_breach_of_the_standard_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        decoded(data)


def test_the_answers_are_those_of_the_standard() -> None:
    assert packets.connack(0) == b"\x20\x02\0\0"
    assert packets.connack_v5(0x84) == b"\x20\x03\0\x84\0"
    assert packets.puback(258) == b"\x40\x02\1\2"
    assert packets.suback(1, [0, 1, 0x80]) == b"\x90\x05\0\1\0\1\x80"
    assert packets.unsuback(1) == b"\xb0\x02\0\1"
    assert packets.pingresp() == b"\xd0\0"
