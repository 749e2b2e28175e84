"""How mpv sounds: its volume, speed and key. Each is asked for when it changes."""

import asyncio
from typing import Final

from api_queue.clients.speaker.mpv import Mpv, MpvRefused
from api_queue.clients.speaker.plan import Plan
from api_queue.clients.speaker.status import say

#: Whoever joins in the middle of a track comes in softly.
FADE_IN_S: Final = 0.4
FADE_OUT_S: Final = 0.4
#: Of a volume that is turned.
_TURN_S: Final = 0.2


class Sound:
    def __init__(self, mpv: Mpv) -> None:
        self._mpv = mpv
        self._volume: int | None = None
        self._can_shift = True
        self.speed = 1.0

    @property
    def audible(self) -> bool:
        """As mpv says itself."""
        seen = self._mpv.seen
        return not seen["pause"] and not seen["core-idle"] and (seen["volume"] or 0) > 0

    async def begin(self, plan: Plan, *, softly: bool) -> None:
        self._volume = plan.volume
        await self.set_speed(plan.tempo)
        await self._mpv.volume(plan.volume, FADE_IN_S if softly else 0)
        await self._mpv.set("pause", value=False)

    async def hush(self, within_s: float = 0) -> None:
        self._volume = None
        await self._mpv.volume(0, within_s)
        await asyncio.sleep(within_s)
        await self._mpv.set("pause", value=True)

    async def turn(self, plan: Plan) -> None:
        if self._volume != plan.volume:
            self._volume = plan.volume
            await self._mpv.volume(plan.volume, _TURN_S)

    async def set_speed(self, factor: float) -> None:
        if self.speed != factor:
            self.speed = factor
            await self._mpv.set("speed", factor)

    async def tune(self, plan: Plan) -> None:
        """Key and tempo each by itself, where this mpv can; without rubberband only the tempo."""
        is_odd = plan.key_shift != 0 or plan.tempo != 1
        await self._mpv.set("audio-pitch-correction", value=plan.tempo != 1)
        filters = f"rubberband=pitch-scale={2 ** (plan.key_shift / 12):.6f}" if is_odd and self._can_shift else ""
        try:
            await self._mpv.command("af", "set", filters)
        except MpvRefused:
            self._can_shift = False
            say("This mpv was built without rubberband: the tempo of a track is changed, its key is not.")
        await self.set_speed(plan.tempo)
