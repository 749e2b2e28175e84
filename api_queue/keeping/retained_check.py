"""What the broker keeps for screens that come: whether it is what a GET answers."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from api_queue.drivers.mqtt_reader import retained
from api_queue.errors import BrokerAway
from api_queue.keeping.findings import Finding
from api_queue.stream.models import SnapshotSource
from api_queue.stream.retained import TOPICS
from api_queue.web.personal import is_personal

#: The list has times in it that pass; its revision says which one it is.
_TIMED: Final = "items"


class RetainedCheck:
    """`findings.Check`. The relay publishes all of it anew every `republish_s`, so that there is nothing to mend."""

    def __init__(self, source: SnapshotSource, url: str, prefix: str, republish_s: float) -> None:
        self._source = source
        self._url = url
        self._prefix = prefix
        self._republish_s = republish_s

    async def look(self) -> list[Finding]:
        try:
            kept = await retained(self._url, f"{self._prefix}/queue/+/+")
        except BrokerAway:
            return [Finding("broker", "mqtt", "The broker cannot be reached: displays over MQTT show what was.")]
        names = [name for name in await self._source.names() if not is_personal(name)]
        return [finding for name in names for finding in await self._compare(name, kept)]

    async def _compare(self, name: str, kept: dict[str, bytes]) -> list[Finding]:
        wanted = await self._source.retained(name)  # type: ignore[arg-type]
        topics = [f"{self._prefix}/queue/{name}/{topic}" for topic in TOPICS]
        what = f"The broker keeps another state than we have. All is published anew every {self._republish_s:.0f} s."
        return [
            Finding("retained", topic, f"{what} If it stays, no relay runs.", seen=_digest(kept.get(topic, b"")))
            for topic, last in zip(topics, TOPICS, strict=True)
            if _state(last, kept.get(topic, b"")) != _state(last, wanted.get(last, "").encode())
        ]

    async def mend(self, findings: Sequence[Finding]) -> None:
        """The relay does."""


def _digest(payload: bytes) -> str:
    return hashlib.sha256(payload).hexdigest()


def _state(topic: str, payload: bytes) -> object:
    if topic != _TIMED or not payload:
        return payload
    return msgspec.json.decode(payload, type=dict[str, object]).get("rev")
