"""The publisher: one connection to the broker that comes back by itself, over aiomqtt."""

import asyncio
import hashlib
import logging
import random
import socket
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Protocol, Self
from urllib.parse import unquote, urlsplit

import aiomqtt
import structlog

from api_queue.drivers.mqtt_line import BrokerAddress
from api_queue.errors import BrokerAway

#: Seconds within which a broker that is well confirms.
ACK_TIMEOUT_S: Final = 5.0
#: Seconds for its answer to CONNECT. aiomqtt does not see a broker that dies before it has answered, only the silence.
GREETING_TIMEOUT_S: Final = 2.0
#: Seconds between tries to connect: retained state has to be right 5 s after the broker is back.
FIRST_DELAY_S, LONGEST_DELAY_S = 0.1, 2.0
#: Seconds of silence after which either side asks, and half as many more until it gives up.
KEEPALIVE_S: Final = 10

ONLINE, OFFLINE = "online", "offline"

_log = structlog.get_logger()
# The library warns of every ten calls that wait, which is how a burst looks, and logs what we raise.
_library_log = logging.Logger("aiomqtt", logging.CRITICAL)


class Ear(Protocol):
    """Who is told what others publish."""

    @property
    def filter(self) -> str: ...

    def hear(self, topic: str, payload: bytes) -> None:
        """Never waits. Each message comes once, as long as the connection lasts."""


class Publisher:
    """`async with Publisher(url, "api_queue/status") as publisher: await publisher.publish(...)`

    One at a time: its client id follows from `url` and `status_topic`, so a new relay takes the connection of the
    old one over, and the old one's will comes before the new one's `online`. Whoever keeps retained topics publishes
    them again whenever `connections` has grown; `on_connect` is called then, from the event loop.
    """

    def __init__(
        self, url: str, status_topic: str, *, on_connect: Callable[[], None] = lambda: None, ear: Ear | None = None
    ) -> None:
        self._options = connection_options(url)
        self._options["identifier"] = _client_id(url, status_topic)
        self._status_topic = status_topic
        self._ear = ear
        self._on_connect = on_connect
        self._client: aiomqtt.Client | None = None
        self._lost: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self.connected = asyncio.Event()
        self.connections = 0

    async def __aenter__(self) -> Self:
        """At once, whether or not the broker is there."""
        self._task = asyncio.create_task(self._run(), name="mqtt-publisher")
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Says `offline` itself: a will is only sent for those who go without a word."""
        self._closing = True
        with suppress(BrokerAway):
            await self.publish(self._status_topic, OFFLINE, retain=True)
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool = False, qos: int = 1) -> None:
        """With QoS 1 returns when the broker has it. Raises BrokerAway when it may not: publish it again later.

        An empty payload with `retain` clears the topic.
        """
        if self._client is None or self._lost is None:
            raise BrokerAway(retry_after=1)
        sending = asyncio.create_task(_send(self._client, topic, payload, retain=retain, qos=qos))
        try:
            await asyncio.wait({sending, self._lost}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                raise BrokerAway(retry_after=1)
            sending.result()
        except aiomqtt.MqttError:
            raise BrokerAway(retry_after=1) from None
        finally:
            sending.cancel()

    async def _run(self) -> None:
        delay_s = FIRST_DELAY_S
        while not self._closing:  # a cancellation can end as the library's own error
            before = self.connections
            try:
                await self._stay_connected()
            except aiomqtt.MqttError as error:
                if self.connections > before:
                    _log.warning("the MQTT broker is away", reason=str(error))
                    delay_s = FIRST_DELAY_S
                elif delay_s == FIRST_DELAY_S:
                    _log.warning("the MQTT broker cannot be reached", reason=str(error))
            await asyncio.sleep(delay_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads, protects nothing
            delay_s = min(delay_s * 2, LONGEST_DELAY_S)

    async def _stay_connected(self) -> None:
        """Until the connection ends, which raises MqttError."""
        will = aiomqtt.Will(self._status_topic, OFFLINE, qos=1, retain=True)
        async with aiomqtt.Client(**self._options, will=will) as client:
            client.pending_calls_threshold = 10_000
            await _send(client, self._status_topic, ONLINE, retain=True, qos=1)
            if self._ear:
                await client.subscribe(self._ear.filter, qos=1, timeout=ACK_TIMEOUT_S)
            self._take(client)
            try:
                async for message in client.messages:  # until the end, whether or not something is subscribed
                    self._hear(message)
            finally:
                self._drop()

    def _hear(self, message: aiomqtt.Message) -> None:
        """What is retained was said to somebody before us."""
        if self._ear and not message.retain and isinstance(message.payload, bytes):
            self._ear.hear(message.topic.value, message.payload)

    def _take(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._lost = asyncio.get_running_loop().create_future()
        self.connections += 1
        self.connected.set()
        _log.info("connected to the MQTT broker", connections=self.connections)
        self._on_connect()

    def _drop(self) -> None:
        """Whoever waits for a confirmation is told at once."""
        self._client = None
        self.connected.clear()
        if self._lost:
            self._lost.set_result(None)


async def _send(client: aiomqtt.Client, topic: str, payload: str | bytes, *, retain: bool, qos: int) -> None:
    await client.publish(topic, payload, qos=qos, retain=retain, timeout=ACK_TIMEOUT_S)


def connection_options(url: str) -> dict[str, Any]:
    """Those of the library's client, but for its name."""
    parts, address = urlsplit(url), BrokerAddress.from_url(url)
    return {
        "hostname": address.host,
        "port": address.port,
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "tls_context": address.tls,
        "keepalive": KEEPALIVE_S,
        "timeout": GREETING_TIMEOUT_S,
        # Else a message with QoS 0, which nobody answers, holds the next one for 40 ms (Nagle's algorithm).
        "socket_options": [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        "logger": _library_log,
    }


def _client_id(url: str, status_topic: str) -> str:
    """The same for each of our processes, and not to be guessed: Mosquitto lets anyone take over a known one."""
    return "api_queue-" + hashlib.sha256(f"{url} {status_topic}".encode()).hexdigest()[:12]
