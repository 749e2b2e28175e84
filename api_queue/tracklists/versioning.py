"""Versions of a list: looked at, compared, and gone back to by a new one."""

from collections.abc import Sequence

from msgspec.structs import replace

from api_queue.errors import UnknownTracklistVersion
from api_queue.tracklists.models import Store, Tracklist, Version
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.versions import Difference, compare


class VersionService:
    """Everything raises UnknownTracklist, and UnknownTracklistVersion where a version is named."""

    def __init__(self, store: Store, tracklists: TracklistService) -> None:
        self._store = store
        self._tracklists = tracklists

    async def versions(self, tracklist_id: str) -> Sequence[Version]:
        """The newest first, which is the current one."""
        await self._tracklists.tracklist(tracklist_id)
        return await self._store.versions(tracklist_id)

    async def version(self, tracklist_id: str, number: int) -> tuple[Version, bool]:
        """And whether it is the current one."""
        listed = await self.versions(tracklist_id)
        found = next((each for each in listed if each.number == number), None)
        if found is None:
            raise UnknownTracklistVersion(version=number)
        return found, found is listed[0]

    async def compare(self, tracklist_id: str, old: int, new: int) -> Difference:
        before, _ = await self.version(tracklist_id, old)
        after, _ = await self.version(tracklist_id, new)
        return compare(before.facts.entries, after.facts.entries)

    async def roll_back(self, tracklist_id: str, number: int, by: str, rev: int | None) -> Tracklist:
        """Makes a new version of what an old one told. Raises NotADraft, ConcurrentEdit."""
        old, _ = await self.version(tracklist_id, number)
        return await self._tracklists.change(
            tracklist_id, lambda now: replace(now, facts=old.facts), by, rev, as_version=True
        )
