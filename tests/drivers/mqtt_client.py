"""A reader or writer on paho, with waits instead of callbacks."""

import queue
import threading
from types import TracebackType
from typing import Literal, NamedTuple, Self

from paho.mqtt.client import Client as Paho
from paho.mqtt.client import ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from api_queue.drivers.announcer.broker import PUBLISHER
from api_queue.drivers.mqtt_broker import BrokerProcess

PATIENCE_S = 10.0
Transport = Literal["tcp", "websockets"]


class Heard(NamedTuple):
    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


def password_of(broker: BrokerProcess) -> str:
    return broker.url_with_credential.split(":")[2].split("@")[0]


class Client:
    def __init__(
        self,
        broker: BrokerProcess,
        client_id: str = "",
        *,
        transport: Transport = "tcp",
        login: tuple[str, str] | None = None,
        version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
        clean: bool | None = None,
    ) -> None:
        self._paho = Paho(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=clean,
            protocol=version,
            transport=transport,
            reconnect_on_failure=False,
        )
        self._paho.on_connect = self._on_connect
        self._paho.on_disconnect = self._on_disconnect
        self._paho.on_message = self._on_message
        self._paho.on_subscribe = lambda _c, _d, _mid, codes, _p: self._granted.put([code.value for code in codes])
        self._paho.on_unsubscribe = lambda *_: self._granted.put([])
        if login:
            self._paho.username_pw_set(*login)
        self._address = broker.host, broker.ws_port if transport == "websockets" else broker.port
        self._answers: queue.Queue[ReasonCode] = queue.Queue()
        self._granted: queue.Queue[list[int]] = queue.Queue()
        self._messages: queue.Queue[Heard] = queue.Queue()
        self.closed = threading.Event()

    def connect(self) -> ReasonCode:
        """The broker's answer, or that it hung up."""
        self._paho.connect(*self._address)
        self._paho.loop_start()
        return self._answers.get(timeout=PATIENCE_S)

    def __enter__(self) -> Self:
        assert not self.connect().is_failure
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._paho.disconnect()
        self._paho.loop_stop()

    def subscribe(self, wanted: str, qos: int = 0) -> list[int]:
        self._paho.subscribe(wanted, qos)
        return self._granted.get(timeout=PATIENCE_S)

    def unsubscribe(self, wanted: str) -> None:
        self._paho.unsubscribe(wanted)
        self._granted.get(timeout=PATIENCE_S)

    def publish(self, topic: str, payload: bytes, qos: int = 1, *, retain: bool = False) -> None:
        self._paho.publish(topic, payload, qos, retain).wait_for_publish(PATIENCE_S)

    def hear(self) -> Heard:
        return self._messages.get(timeout=PATIENCE_S)

    def hear_nothing(self, seconds: float = 0.3) -> bool:
        try:
            self._messages.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def _on_connect(
        self, _client: Paho, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        self._answers.put(reason)

    def _on_disconnect(
        self, _client: Paho, _data: object, _flags: DisconnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        self._answers.put(reason)
        self.closed.set()

    def _on_message(self, _client: Paho, _data: object, message: MQTTMessage) -> None:
        self._messages.put(Heard(message.topic, bytes(message.payload), message.qos, message.retain))


def server(broker: BrokerProcess, client_id: str = "") -> Client:
    """The one who may publish."""
    return Client(broker, client_id, login=(PUBLISHER, password_of(broker)))
