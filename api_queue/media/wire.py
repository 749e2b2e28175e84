"""Public names of what is asked for and answered."""

from urllib.parse import quote

import msgspec

from api_queue.errors import BadBody
from api_queue.media.models import Minted, Part, Turn
from api_queue.types import DeviceId, QueueName, TrackId


class MintBody(msgspec.Struct):
    track_id: TrackId
    queue: QueueName | None = None
    device_id: DeviceId | None = None
    generation: int | None = None

    def turn(self) -> Turn | None:
        if self.device_id is None:
            return None
        if self.queue is None or self.generation is None:
            raise BadBody(reason="a device_id needs its queue and generation.")
        return Turn(self.queue, self.device_id, self.generation)


def minted_json(minted: Minted) -> dict[str, object]:
    return {
        "url": f"/media/tracks/{quote(minted.token.track_id, safe='')}?token={minted.text}",
        "expires_at_ms": minted.token.expires_at_ms,
        "ttl_s": minted.ttl_s,
        "part_of": minted.part_of and _part_json(minted.part_of),
    }


def _part_json(part: Part) -> dict[str, object]:
    return {"track_id": part.track_id, "start_ms": part.start_ms, "end_ms": part.end_ms}
