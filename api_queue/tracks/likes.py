"""Who likes a track: kept by playback, shown with the library."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from api_queue.types import GuestId, TrackId


@dataclass(frozen=True, slots=True)
class Likes:
    """How many guests like a track, and whether who asks is one of them."""

    count: int
    liked: bool


NO_LIKES: Final = Likes(0, liked=False)


class LikeSource(Protocol):
    """What tracks need of playback."""

    async def likes(self, track_ids: Collection[TrackId], guest_id: GuestId | None) -> Mapping[TrackId, Likes]:
        """Of tracks that nobody likes there is none."""
