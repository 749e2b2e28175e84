"""A Mosquitto of the operator's own: it may be away for long, and no request and no change pays for it."""

import asyncio
import json
import socket
import time
from pathlib import Path

import aiomqtt

from tests.acceptance.live import a_live_server
from tests.tools import needs

V311, V5 = aiomqtt.ProtocolVersion.V311, aiomqtt.ProtocolVersion.V5
ALIAS = "KAT_TUN_Your_side_Instrumental_"
#: Shorter than the minute that the product promises: the test of the promise itself is made by hand.
AWAY_S = 3.0


class Mosquitto:
    """On one port, again and again."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (needs("mosquitto"), "-c", str(self._config))
        self._process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()


async def test_a_broker_that_is_away_costs_no_request_and_no_change(tmp_path: Path) -> None:
    # Given a server that publishes to an external broker
    broker = Mosquitto(tmp_path)
    await broker.start()
    config = f'[mqtt]\nurl = "mqtt://127.0.0.1:{broker.port}"\n[rate]\nadds_per_minute = 10000\n'
    async with a_live_server(tmp_path, "--workers", "1", config=config) as live, live.guest() as guest:
        await retained(broker.port, 1)
        # When it dies, and guests go on adding for a while
        await broker.kill()
        slowest_s, added, end_s = 0.0, 0, time.monotonic() + AWAY_S
        while time.monotonic() < end_s:
            begun_s = time.monotonic()
            body = {"track_id": ALIAS, "performer_name": "Ana"}
            assert (await guest.post("/queue/party/items", json=body)).status_code == 201
            slowest_s, added = max(slowest_s, time.monotonic() - begun_s), added + 1
            await asyncio.sleep(0.05)
        # Then no request has waited for it
        assert slowest_s < 2
        # And once it is back, it holds what GET shows
        await broker.start()
        rev = (await guest.get("/queue/party/items")).json()["rev"]
        found = await retained(broker.port, rev)
        assert found["total"] == added
        # And a client of MQTT 5 gets it too
        five = await retained(broker.port, rev, V5)
        assert five == found
    await broker.kill()


async def retained(port: int, rev: int, version: aiomqtt.ProtocolVersion = V311) -> dict[str, int]:
    """The retained list when it has reached `rev`; the relay comes back within seconds, backing off."""
    async with asyncio.timeout(15):
        while True:
            try:
                async with aiomqtt.Client("127.0.0.1", port, protocol=version) as client:
                    await client.subscribe("api_queue/queue/party/items", qos=1)
                    async for message in client.messages:
                        found: dict[str, int] = json.loads(bytes(message.payload))
                        if found["rev"] >= rev:
                            return found
            except aiomqtt.MqttError:
                await asyncio.sleep(0.1)
