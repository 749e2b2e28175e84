"""What our own broker does with peers that break the rules or take too much."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from api_queue.drivers.announcer import links, session
from api_queue.drivers.announcer.broker import PUBLISHER, Broker
from api_queue.drivers.announcer.packets import Message
from api_queue.drivers.announcer.server import listen
from tests.drivers import mqtt_wire

PASSWORD = "let me publish"
LOGIN = PUBLISHER, PASSWORD
ACCEPTED = b"\x20\2\0\0"
#: More than the sockets of both sides hold, so that the broker feels that a peer does not read.
FLOOD = [Message("flood", bytes(1_000_000)) for _ in range(12)]


class House:
    """A broker in this process, so that a test can look at what it holds."""

    def __init__(self, broker: Broker, port: int, ws_port: int) -> None:
        self.broker, self.port, self.ws_port = broker, port, ws_port
        self._peers: list[Peer] = []

    async def open(self, *said: bytes) -> "Peer":
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.port))
        self._peers.append(peer)
        peer.say(*said)
        return peer

    async def close(self) -> None:
        for peer in self._peers:
            await peer.leave()
        for _ in range(10):  # turns of the loop in which the broker's side sees it
            await asyncio.sleep(0)

    async def enter(self, *said: bytes, client_id: str = "", login: tuple[str, str] | None = None) -> "Peer":
        peer = await self.open(mqtt_wire.connect(client_id, login=login), *said)
        assert await peer.read(4) == ACCEPTED
        return peer


class Peer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, *said: bytes) -> None:
        self._writer.write(b"".join(said))

    async def read(self, size: int) -> bytes:
        return await asyncio.wait_for(self._reader.readexactly(size), 30)

    async def rest(self) -> bytes:
        """All until the broker closes."""
        try:
            return await asyncio.wait_for(self._reader.read(), 30)
        except ConnectionResetError:
            return b""

    async def leave(self) -> None:
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    broker = Broker(PASSWORD, most_clients=3)
    tcp, websocket = await listen(broker, "127.0.0.1", 0, 0)
    async with tcp, websocket:
        house = House(broker, *(server.sockets[0].getsockname()[1] for server in (tcp, websocket)))
        yield house
        await house.close()


# -- versions and logins


async def test_version_5_is_told_in_its_own_form_that_it_is_not_spoken(house: House) -> None:
    peer = await house.open(mqtt_wire.connect(level=5))
    assert await peer.rest() == b"\x20\3\0\x84\0"


@pytest.mark.parametrize("level", [3, 6])
async def test_other_versions_are_refused_with_code_1(house: House, level: int) -> None:
    peer = await house.open(mqtt_wire.connect(level=level))
    assert await peer.rest() == b"\x20\2\0\1"


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        (mqtt_wire.connect(login=(PUBLISHER, "guess")), 4),
        (mqtt_wire.connect(login=("somebody", PASSWORD)), 4),
        (mqtt_wire.connect("", clean=False), 2),
        (mqtt_wire.connect("x" * 129), 2),
    ],
)
async def test_a_connect_that_cannot_be_granted_is_answered(house: House, hello: bytes, code: int) -> None:
    peer = await house.open(hello)
    assert await peer.rest() == bytes([0x20, 2, 0, code])


async def test_a_persistent_session_is_taken_as_a_new_one(house: House) -> None:
    peer = await house.open(mqtt_wire.connect("u8-mqtt--abc", clean=False))
    assert await peer.read(4) == ACCEPTED


# -- rules


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(mqtt_wire.PINGREQ, id="anything before CONNECT"),
        pytest.param(b"GET / HTTP/1.1\r\n".ljust(100), id="HTTP"),
    ],
)
async def test_who_does_not_begin_with_connect_is_closed(house: House, said: bytes) -> None:
    peer = await house.open(said)
    assert await peer.rest() == b""


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(mqtt_wire.connect(), id="a second CONNECT"),
        pytest.param(mqtt_wire.publish("t", b"x"), id="a guest's PUBLISH"),
        pytest.param(mqtt_wire.publish("t", b"x", qos=1), id="a guest's PUBLISH with QoS 1"),
        pytest.param(mqtt_wire.publish("t", bytes(70_000))[:10], id="a packet that will be too large"),
        pytest.param(mqtt_wire.subscribe(("a/#/b", 0)), id="a filter that is none"),
    ],
)
async def test_a_guest_that_breaks_a_rule_is_closed(house: House, said: bytes) -> None:
    peer = await house.enter(said)
    assert await peer.rest() == b""
    assert list(house.broker.retained("#")) == []


@pytest.mark.parametrize("said", [mqtt_wire.publish("t", b"x", qos=2), mqtt_wire.publish("a/+", b"x")])
async def test_the_server_may_not_publish_what_we_do_not_speak(house: House, said: bytes) -> None:
    peer = await house.enter(said, login=LOGIN)
    assert await peer.rest() == b""


async def test_qos_2_is_granted_as_1(house: House) -> None:
    peer = await house.enter(mqtt_wire.subscribe(("a", 2), ("b", 0), packet_id=7))
    assert await peer.read(6) == b"\x90\4\0\7\1\0"


async def test_a_guest_cannot_take_the_place_of_the_server(house: House) -> None:
    server = await house.enter(client_id="s", login=LOGIN)
    await house.enter(client_id="s")
    server.say(mqtt_wire.PINGREQ)
    assert await server.read(2) == b"\xd0\0"


# -- bounds


async def test_a_full_house_turns_guests_away_but_never_the_server(house: House) -> None:
    for _ in range(3):
        await house.enter()
    late = await house.open(mqtt_wire.connect("late"))
    assert await late.rest() == b"\x20\2\0\3"
    await house.enter(login=LOGIN)


async def test_subscriptions_are_counted(house: House) -> None:
    peer = await house.enter()
    for number in range(session.MOST_SUBSCRIPTIONS):
        peer.say(mqtt_wire.subscribe((f"t/{number}", 1)))
        assert (await peer.read(5))[-1] == 1
    peer.say(mqtt_wire.subscribe(("one/too/many", 1), ("t/0", 0)))
    assert (await peer.read(6))[-2:] == b"\x80\0"


async def test_who_does_not_say_connect_in_time_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CONNECT_TIMEOUT_S", 0.05)
    peer = await house.open()
    assert await peer.rest() == b""


async def test_nothing_is_left_of_those_who_are_gone(house: House) -> None:
    peer = await house.enter(mqtt_wire.subscribe(("a/#", 1), ("b", 0)), mqtt_wire.DISCONNECT)
    await peer.rest()
    assert not house.broker._wanted._root.children
    assert not house.broker._places


async def _stalled(house: House, qos: int) -> Peer:
    """A reader of everything whose buffers are full."""
    peer = await house.enter(mqtt_wire.subscribe(("#", qos)))
    await peer.read(5)
    for message in FLOOD:
        house.broker.publish(message)
    return peer


async def test_a_stalled_reader_gets_the_newest_state_when_it_reads_again(house: House) -> None:
    peer = await _stalled(house, qos=1)
    for number in range(1000):
        house.broker.publish(Message("state", str(number).encode(), 1, retain=True))
    (newest,) = await _read_until(peer, "state")
    assert newest == b"999"


async def test_a_stalled_reader_hears_that_a_topic_was_cleared(house: House) -> None:
    peer = await _stalled(house, qos=1)
    for payload in (b"there", b""):
        house.broker.publish(Message("state", payload, 1, retain=True))
    (cleared,) = await _read_until(peer, "state")
    assert cleared == b""


async def _read_until(peer: Peer, topic: str) -> list[bytes]:
    """Payloads of that topic up to a mark that is read last: a ping's answer."""
    peer.say(mqtt_wire.PINGREQ)
    payloads = []
    while (first := (await peer.read(1))[0]) != 0xD0:
        name, body = await _body(peer, first)
        payloads += [body] if name == topic else []
    return payloads


async def _body(peer: Peer, first: int) -> tuple[str, bytes]:
    length = shift = 0
    while (byte := (await peer.read(1))[0]) & 0x80:
        length, shift = length | (byte & 0x7F) << shift, shift + 7
    body = await peer.read(length | byte << shift)
    end = 2 + int.from_bytes(body[:2])
    return body[2:end].decode(), body[end + (2 if first & 6 else 0) :]


async def test_a_stalled_reader_of_events_is_closed_rather_than_left_with_a_gap(house: House) -> None:
    await _stalled(house, qos=1)
    house.broker.publish(Message("events", b"{}", 1))
    assert not house.broker._places


async def test_a_reader_that_stays_stalled_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "STALL_S", 0.05)
    await _stalled(house, qos=0)
    async with asyncio.timeout(30):
        while house.broker._places:  # noqa: ASYNC110 - to read until the end would end the stall
            await asyncio.sleep(0.01)


async def test_a_reader_that_never_confirms_is_closed_for_events_and_owed_states(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "MOST_UNANSWERED", 2)
    peer = await house.enter(mqtt_wire.subscribe(("#", 1)))
    await peer.read(5)
    for number in range(5):
        house.broker.publish(Message("s", str(number).encode(), 1, retain=True))
    assert await peer.read(16) == b"\x32\6\0\1s\0\x010" + b"\x32\6\0\1s\0\x021"
    peer.say(b"\x40\2\0\1")
    assert await peer.read(8) == b"\x33\6\0\1s\0\x034"
    house.broker.publish(Message("e", b"x", 1))
    assert await peer.rest() == b""


async def test_a_flood_of_subscribes_costs_one_look_for_each_filter(house: House) -> None:
    house.broker.publish(Message("s", b"x", 0, retain=True))
    peer = await house.enter(mqtt_wire.subscribe(("s", 0)) * 100)
    answers = await peer.read(5 * 100)
    assert answers.count(b"\x90\3\0\1\0") == 100
    peer.say(mqtt_wire.PINGREQ, mqtt_wire.DISCONNECT)
    assert (await peer.rest()).count(b"\x31\4\0\1sx") <= 2  # one more when the flood came in two pieces


# -- websocket


async def test_packets_may_come_in_pieces_of_frames(house: House) -> None:
    address = f"ws://127.0.0.1:{house.ws_port}/mqtt"
    async with open_websocket(address, subprotocols=[Subprotocol("mqtt")], compression=None) as socket:
        assert socket.subprotocol == "mqtt"
        hello = mqtt_wire.connect()
        await socket.send(hello[:3])
        await socket.send([hello[3:8], hello[8:]])
        assert await socket.recv() == ACCEPTED


async def test_without_the_sub_protocol_there_is_no_websocket(house: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await open_websocket(f"ws://127.0.0.1:{house.ws_port}/")
    assert refused.value.response.status_code == 400


async def test_text_frames_and_frames_that_are_too_large_are_closed(house: House) -> None:
    address = f"ws://127.0.0.1:{house.ws_port}/"
    for said, code in (("hello", 1003), (bytes(70_000), 1009)):
        async with open_websocket(address, subprotocols=[Subprotocol("mqtt")]) as socket:
            await socket.send(said)
            await socket.wait_closed()
            assert socket.close_code == code


async def test_a_browser_that_comes_by_is_answered_in_http(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.ws_port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 30)).startswith(b"HTTP/1.1 426 ")
    writer.close()
    await writer.wait_closed()
