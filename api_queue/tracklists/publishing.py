"""Drafts become what everybody sees, and tracks of the library; what was published is changed by a new draft of it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import NotARecording, NotPublishable
from api_queue.tracklists.cutting import with_tracks
from api_queue.tracklists.drafts import Changes
from api_queue.tracklists.models import Facts, Source, Store, Tracklist
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.timing import UNCUTTABLE, Issue, issues
from api_queue.tracks.parts import Cut, PartService


class PublishingService:
    """`cataloged` is told of each list that was published. Everything raises UnknownTracklist."""

    def __init__(
        self,
        store: Store,
        tracklists: TracklistService,
        clock: Clock,
        parts: PartService,
        cataloged: Callable[[Tracklist], Awaitable[None]],
    ) -> None:
        self._store = store
        self._tracklists = tracklists
        self._clock = clock
        self._parts = parts
        self._cataloged = cataloged

    async def publish(self, tracklist_id: str, rev: int | None, *, validate: bool = True) -> Tracklist:
        """Raises NotADraft, NotPublishable, NotARecording, ConcurrentEdit."""
        step = partial(self._publish, validate=validate)
        published = await self._tracklists.write(partial(self._tracklists.draft, tracklist_id), rev, step)
        await self._cataloged(published)
        return published

    async def create(self, facts: Facts, source: Source, by: str, changes: Changes) -> Tracklist:
        """As TracklistService.create, and published at once. Raises as `publish`: then there is no list."""
        draft = await self._tracklists.create(facts, source, by, changes)
        try:
            return await self.publish(draft.tracklist_id, draft.rev)
        except (NotPublishable, NotARecording):
            await self.remove(draft.tracklist_id, draft.rev)
            raise

    async def new_draft(self, tracklist_id: str, by: str) -> Tracklist:
        """Of what a list tells now; it is the draft's parent."""
        parent = await self._tracklists.tracklist(tracklist_id)
        return await self._tracklists.copy(parent, by)

    async def remove(self, tracklist_id: str, rev: int | None) -> None:
        """The recording of a published list is one track again. Raises ConcurrentEdit."""
        await self._tracklists.write(partial(self._tracklists.tracklist, tracklist_id), rev, self._remove)

    async def _publish(self, draft: Tracklist, *, validate: bool) -> Tracklist | None:
        """None: somebody else was faster."""
        draft = await self._tracklists.at_its_recording(draft)
        _refuse(draft, validate=validate)
        published, cuts = _cut(replace(draft, is_draft=False, draft_version=None))
        new = replace(published, rev=draft.rev + 1, updated_at=self._clock.now_ms())
        done = await self._cutting(new, partial(self._store.publish, new, draft.rev, cuts))
        return new if done else None

    async def _remove(self, tracklist: Tracklist) -> bool | None:
        return await self._cutting(tracklist, partial(self._store.remove, tracklist)) or None

    async def _cutting(self, tracklist: Tracklist, write: Callable[[], Awaitable[bool]]) -> bool:
        """With what is to be done where the tracks of a recording change."""
        if tracklist.audio_id is None or not tracklist.is_published:
            return await write()
        await self._parts.changing(tracklist.audio_id)
        done = await write()
        if done:
            await self._parts.changed()
        return done


def _cut(tracklist: Tracklist) -> tuple[Tracklist, Sequence[Cut]]:
    """Where the recording is in the library."""
    if tracklist.audio_id is None or tracklist.audio_duration_ms is None:
        return tracklist, ()
    entries, cuts = with_tracks(tracklist.facts.entries, tracklist.audio_id)
    return replace(tracklist, facts=replace(tracklist.facts, entries=entries)), cuts


def _refuse(draft: Tracklist, *, validate: bool) -> None:
    entries = draft.facts.entries
    if not entries:
        raise NotPublishable(reason="it has no tracks; add them.", issues=())
    forbidden = UNCUTTABLE | ({"overlap", "ends_beyond_audio"} if validate else set())
    found = [issue for issue in issues(entries, draft.audio_duration_ms) if issue.code in forbidden]
    if found:
        raise NotPublishable(reason=_first(found), issues=found)


def _first(found: Sequence[Issue]) -> str:
    others = f" And {len(found) - 1} more." if len(found) > 1 else ""
    return f"{found[0].message}{others}"
