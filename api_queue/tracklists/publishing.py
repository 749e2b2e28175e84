"""Drafts become what everybody sees, and tracks of the library; what was published is changed by a new draft of it."""

from collections.abc import Sequence

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import NotPublishable
from api_queue.tracklists.models import Cutting, Entry, Store, Tracklist
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.timing import UNCUTTABLE, Issue, issues
from api_queue.types import TrackId


class PublishingService:
    """Everything raises UnknownTracklist."""

    def __init__(self, store: Store, tracklists: TracklistService, clock: Clock, cutting: Cutting) -> None:
        self._store = store
        self._tracklists = tracklists
        self._clock = clock
        self._cutting = cutting

    async def publish(self, tracklist_id: str, rev: int | None, *, validate: bool = True) -> Tracklist:
        """Raises NotADraft, NotPublishable, ConcurrentEdit. Tracks are cut first: where somebody is faster after that,
        publishing once more mends it.
        """
        draft = await self._tracklists.at_its_recording(await self._tracklists.draft(tracklist_id))
        self._tracklists.check(draft, rev)
        _refuse(draft, validate=validate)
        entries = await self._cut(draft)
        published = replace(
            draft,
            facts=replace(draft.facts, entries=entries),
            is_draft=False,
            draft_version=None,
            rev=draft.rev + 1,
            updated_at=self._clock.now_ms(),
        )
        if not await self._store.publish(published, draft.rev):
            raise await self._tracklists.conflict(published)
        return published

    async def new_draft(self, tracklist_id: str, by: str) -> Tracklist:
        """Of what a list tells now; it is the draft's parent."""
        parent = await self._tracklists.tracklist(tracklist_id)
        return await self._tracklists.copy(parent, by)

    async def remove(self, tracklist_id: str, rev: int | None) -> None:
        """The recording of a published list is one track again. Raises ConcurrentEdit."""
        gone = await self._tracklists.remove(tracklist_id, rev)
        if gone.audio_id is not None and not gone.is_draft and not gone.is_archived:
            await self._cutting.join(gone)

    async def _cut(self, draft: Tracklist) -> tuple[Entry, ...]:
        """The rows, each main one with the track that it has become, where the recording is in the library."""
        if draft.audio_id is None or draft.audio_duration_ms is None:
            return draft.facts.entries
        track_ids = iter(await self._cutting.cut(draft))
        return tuple(
            _as_track(entry, next(track_ids)) if entry.kind == "main" else entry for entry in draft.facts.entries
        )


def _as_track(entry: Entry, track_id: TrackId | None) -> Entry:
    return replace(entry, catalog_track_id=track_id)


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
