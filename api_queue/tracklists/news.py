"""What other programs hear of tracklists, by MQTT: the events of source 003."""

from typing import Any, Literal

import msgspec

from api_queue.drivers.clock import Clock
from api_queue.tracklists.models import Tracklist
from api_queue.tracklists.news_store import RedisTracklistEvents
from api_queue.types import EventName


class TracklistNews:
    def __init__(self, events: RedisTracklistEvents, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    async def processed(self, tracklist: Tracklist, took_ms: int) -> None:
        """A page was fetched and read, which took so long."""
        count = len(tracklist.facts.entries)
        about = {"url": tracklist.facts.url, "track_count": count, "processing_time_ms": took_ms}
        await self._tell("tracklist.processed", tracklist, about)

    async def cataloged(self, tracklist: Tracklist) -> None:
        """A list of the site was stored, or any was published."""
        facts = tracklist.facts
        named = {name: getattr(facts, name) for name in ("title", "dj_name", "event_name", "venue", "date", "url")}
        metadata = named | {"source": tracklist.source, "track_count": len(facts.entries)}
        await self._tell("tracklist.cataloged", tracklist, {"metadata": metadata, "tags": facts.genres})

    async def changed(self, tracklist: Tracklist, path: str, change: Literal["created", "modified"]) -> None:
        """A CUE file was read, and became this list; `path` is below its folder of the library."""
        about = {"file_path": path, "file_type": "cue", "change_type": change}
        await self._tell("file.changed", tracklist, about)

    async def _tell(self, name: EventName, tracklist: Tracklist, about: dict[str, Any]) -> None:
        fields = {"event_type": name, "tracklist_id": tracklist.tracklist_id, **about}
        await self._events.publish(name, msgspec.json.encode(fields).decode(), self._clock.now_ms())
