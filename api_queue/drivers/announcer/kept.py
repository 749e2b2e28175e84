"""What those who asked for a session that lasts had subscribed to when they went, for as long as we run."""

from collections.abc import Mapping
from typing import Final

#: Strangers and publishers count apart: no guest can take the publisher's place by its client id.
Place = tuple[bool, str]
#: Filters with the QoS that was asked for.
Wanted = Mapping[str, int]

#: As long as Mosquitto keeps one.
KEPT_S: Final = 24 * 3600.0
#: A guest may make as many as they like: with a hundred of the longest filters each, 2000 are some 100 MB.
MOST_KEPT: Final = 2000


class KeptSessions:
    """In the order in which they went: what is too old or too much is in front."""

    def __init__(self) -> None:
        self._kept: dict[Place, tuple[float, Wanted]] = {}

    def keep(self, place: Place, wanted: Wanted, now_s: float) -> None:
        self._kept.pop(place, None)
        self._kept[place] = now_s, wanted
        while len(self._kept) > MOST_KEPT or self._oldest_s < now_s - KEPT_S:
            del self._kept[next(iter(self._kept))]

    def take(self, place: Place, now_s: float) -> Wanted | None:
        """None: there is none, or none any more."""
        gone_s, wanted = self._kept.pop(place, (now_s, None))
        return wanted if gone_s >= now_s - KEPT_S else None

    @property
    def _oldest_s(self) -> float:
        gone_s, _ = next(iter(self._kept.values()))
        return gone_s
