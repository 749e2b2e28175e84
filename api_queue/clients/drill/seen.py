"""What was done, and what the server said of the session meanwhile. Times are ms of the wall clock."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from api_queue.clients.drill.plan import Verb
from api_queue.types import DeviceId, ItemId, Milliseconds, PlayState

Outcome = Literal["done", "refused", "failed"]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of `GET /sessions/X`: `position_ms` is projected to `position_at_ms`, the moment of the answer."""

    play_state: PlayState
    item_id: ItemId | None
    position_ms: int
    position_at_ms: int
    duration_ms: Milliseconds | None
    active_device_id: DeviceId | None
    speaker_name: str | None
    generation: int
    lease_until_ms: int | None
    quiet_until_ms: int | None = None

    def projected_ms(self, at_ms: float) -> float:
        return self.position_ms + (at_ms - self.position_at_ms if self.play_state == "playing" else 0)


@dataclass(frozen=True, slots=True)
class Done:
    """A strike, from its begin until it was done. `device`: whom it hit. `failed`: the server did not do it."""

    at_ms: float
    until_ms: float
    verb: Verb
    device: str | None = None
    outcome: Outcome = "done"
