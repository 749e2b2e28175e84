"""The host's hand on the controls, and an eye on the session."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

import httpx
import msgspec

from api_queue.clients.drill.party import QUEUE, TOKEN
from api_queue.clients.drill.seen import Seen
from api_queue.types import DeviceId, TrackId

_TIMEOUT_S: Final = 5.0
_LOOK_S: Final = 0.2
_TRACKS: Final = 20
T = TypeVar("T")


class _Track(msgspec.Struct):
    track_id: TrackId


class _Tracks(msgspec.Struct):
    tracks: list[_Track]


class _Device(msgspec.Struct):
    device_id: DeviceId
    device_name: str
    connected: bool


class _Devices(msgspec.Struct):
    devices: list[_Device]


class Host:
    """Whatever the server does not answer, or refuses, raises httpx.HTTPError."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, timeout=_TIMEOUT_S, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def fill(self) -> None:
        """All tracks onto the queue, round and round, with no pause between them that would look like a fault."""
        await self._ask("PUT", f"/queue/{QUEUE}/settings", track_space=0)
        found = await self._get("/tracks", _Tracks, limit=_TRACKS)
        for track in found.tracks:
            await self._ask("POST", f"/queue/{QUEUE}/items", track_id=track.track_id, performer_name="Drill")
        await self.control("options", repeat_mode="all")

    async def control(self, verb: str, **body: object) -> None:
        await self._ask("POST", f"/sessions/{QUEUE}/{verb}", **body)

    async def session(self) -> Seen:
        return await self._get(f"/sessions/{QUEUE}", Seen)

    async def connected(self) -> dict[str, DeviceId]:
        """By name."""
        found = await self._get("/devices", _Devices, queue=QUEUE)
        return {device.device_name: device.device_id for device in found.devices if device.connected}

    async def refuses_stale(self, seen: Seen) -> bool:
        """Whether the end of what plays, told under the generation before this one, is refused."""
        body = {"item_id": seen.item_id, "generation": seen.generation - 1}
        answer = await self._http.post(f"/sessions/{QUEUE}/ended", json=body)
        if answer.status_code != 409:
            answer.raise_for_status()
        return answer.status_code == 409

    async def watch(self, keep: Callable[[Seen], None]) -> None:
        """Until it is cancelled. While the server is away there is nothing to see."""
        while True:
            with suppress(httpx.HTTPError, msgspec.MsgspecError):
                keep(await self.session())
            await asyncio.sleep(_LOOK_S)

    async def _ask(self, method: str, path: str, **body: object) -> None:
        (await self._http.request(method, path, json=body)).raise_for_status()

    async def _get(self, path: str, form: type[T], **query: str | int) -> T:
        answer = await self._http.get(path, params=query)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=form)
