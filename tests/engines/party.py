"""A party on somebody's own Redis, seen from outside: a server, a screen, and guests who ask until an add is done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.acceptance.live import Live, a_live_server
from tests.acceptance.readers import Screen
from tests.acceptance.test_external_broker import retained

ALIAS = "KAT_TUN_Your_side_Instrumental_"
#: A second until the master is missed, the vote, and a busy machine.
WHOLE_AGAIN_S = 15.0
GENEROUS = "[rate]\nadds_per_minute = 100000\naddress_per_minute = 100000\n"


class Party:
    def __init__(self, live: Live, screen: Screen) -> None:
        self.live = live
        self.screen = screen
        self.added: list[str] = []
        self._number = 0

    async def add(self) -> None:
        """Until it is done; asked again, it is the same add."""
        self._number += 1
        body = {"track_id": ALIAS, "performer_name": f"Guest {self._number}"}
        headers = {"Idempotency-Key": f"add-{self._number}"}
        async with self.live.guest(self._number) as guest:
            while True:
                answer = await guest.post("/queue/party/items", json=body, headers=headers)
                if answer.status_code == 201:
                    break
                assert answer.status_code in {409, 503}, answer.text
                await asyncio.sleep(0.1)
        self.added.append(answer.json()["id"])

    async def play(self) -> None:
        async with await self.live.admin() as host:
            assert (await host.post("/queue/party/command/play")).status_code == 200

    async def adds_until(self, count: int) -> None:
        while len(self.added) < count:
            await self.add()

    async def is_whole(self) -> None:
        """List, screen and MQTT have what was answered, once and in the same order."""
        async with self.live.guest() as guest:
            got = (await guest.get("/queue/party/items")).json()
        ids = [item["id"] for item in got["items"]]
        assert sorted(ids) == sorted(self.added)
        await self.screen.until(lambda: self.screen.revs[-1] >= got["rev"], 20)
        assert self.screen.ids == ids
        assert (await retained(self.live.mqtt_port, got["rev"]))["total"] == len(ids)


@asynccontextmanager
async def a_party(folder: Path, redis: str) -> AsyncIterator[Party]:
    """`redis`: TOML of its table."""
    config = f"{GENEROUS}[redis]\n{redis}"
    async with a_live_server(folder, "--workers", "1", config=config) as live, Screen(live.url, "party") as screen:
        yield Party(live, screen)
