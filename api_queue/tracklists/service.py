"""Tracklists: made, looked at, changed and removed. A change may say of which revision it is."""

import uuid
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import (
    ConcurrentEdit,
    Invalid,
    NoRecording,
    NotADraft,
    TrackNotFound,
    UnknownRow,
    UnknownTracklist,
)
from api_queue.tracklists.drafts import UNCHANGED, Changes, Edit, is_significant, settled
from api_queue.tracklists.models import Facts, Source, Store, Tracklist, Wanted
from api_queue.tracks.service import TrackService
from api_queue.types import Milliseconds, TrackId

ListEdit = Callable[[Tracklist], Tracklist]
T = TypeVar("T")
#: At a list that others change at the same time.
MOST_TRIES: Final = 5


class TracklistService:
    """`shown` is a list as a refusal shows it. Everything raises UnknownTracklist."""

    def __init__(self, store: Store, tracks: TrackService, clock: Clock, shown: Callable[[Tracklist], Any]) -> None:
        self._store = store
        self._tracks = tracks
        self._clock = clock
        self._shown = shown

    # -- looking -----------------------------------------------------------------------------------------------

    async def tracklist(self, tracklist_id: str) -> Tracklist:
        found = await self._store.get(tracklist_id)
        if found is None:
            raise UnknownTracklist(tracklist_id=tracklist_id)
        return found

    async def draft(self, tracklist_id: str) -> Tracklist:
        """Raises NotADraft."""
        found = await self.tracklist(tracklist_id)
        if not found.is_draft:
            raise NotADraft(tracklist_id=tracklist_id)
        return found

    async def find(self, wanted: Wanted) -> tuple[int, Sequence[Tracklist]]:
        if wanted.audio_id is not None:
            wanted = replace(wanted, audio_id=(await self.recording(wanted.audio_id))[0])
        return await self._store.find(wanted)

    async def drafts(self, audio: str) -> Sequence[Tracklist]:
        """Of a recording, by its id or alias; the newest first, at most 100."""
        _, found = await self.find(Wanted(audio_id=TrackId(audio), is_draft=True, limit=100))
        return found

    async def recording(self, name: str) -> tuple[TrackId, Milliseconds | None]:
        """By its id or alias, with its length. A list may be there before its recording is, or longer than it."""
        try:
            facts = await self._tracks.facts(name)
        except TrackNotFound:
            return TrackId(name), None
        return facts.track_id, facts.duration_ms

    async def audio(self, tracklist_id: str) -> TrackId:
        """Its recording. Raises NoRecording."""
        found = await self.tracklist(tracklist_id)
        if found.audio_id is None:
            raise NoRecording(tracklist_id=tracklist_id)
        return found.audio_id

    async def at_its_recording(self, tracklist: Tracklist) -> Tracklist:
        """With the recording as the library knows it now: it may have come later than its list."""
        if tracklist.audio_id is None:
            return tracklist
        audio_id, audio_ms = await self.recording(tracklist.audio_id)
        return replace(tracklist, audio_id=audio_id, audio_duration_ms=audio_ms)

    # -- making and changing -----------------------------------------------------------------------------------

    async def create(
        self, facts: Facts, source: Source, by: str, changes: Changes = UNCHANGED, *, scraped_at: int | None = None
    ) -> Tracklist:
        """A draft of what a source tells, and what the caller says besides. Raises TooManyRows."""
        now_ms = self._clock.now_ms()
        new = Tracklist(
            tracklist_id=f"{uuid.uuid4()}",
            source=source,
            facts=settled(changes(facts)),
            rev=1,
            created_at=now_ms,
            updated_at=now_ms,
            scraped_at=scraped_at,
            created_by=by,
            **await self._beside_facts(changes),
        )
        return await self._store.add(new)

    async def update(self, tracklist_id: str, changes: Changes, by: str, rev: int | None) -> Tracklist:
        """Raises as `change`."""
        beside = await self._beside_facts(changes)
        return await self.change(tracklist_id, lambda t: replace(t, facts=changes(t.facts), **beside), by, rev)

    async def edit(self, tracklist_id: str, change: Edit, by: str, rev: int | None) -> Tracklist:
        """As `change`, of the facts alone."""
        return await self.change(tracklist_id, lambda each: replace(each, facts=change(each.facts)), by, rev)

    async def change(
        self, tracklist_id: str, edit: ListEdit, by: str, rev: int | None, *, as_version: bool = False
    ) -> Tracklist:
        """Of a draft, and of revision `rev` if one is named. What is significant is a version of its own in any case.
        Raises NotADraft, ConcurrentEdit.
        """

        async def step(before: Tracklist) -> Tracklist | None:
            after = edit(before)
            if after == before and not as_version:
                return before
            version_by = by if as_version or is_significant(before.facts, after.facts) else None
            new = replace(after, rev=before.rev + 1, updated_at=self._clock.now_ms())
            return await self._store.put(new, before.rev, version_by=version_by)

        return await self.write(partial(self.draft, tracklist_id), rev, step, edit)

    async def write(
        self,
        look: Callable[[], Awaitable[Tracklist]],
        rev: int | None,
        step: Callable[[Tracklist], Awaitable[T | None]],
        edit: ListEdit | None = None,
    ) -> T:
        """What `step` makes of the list that `look` finds. None from it: somebody else was faster, and unless a `rev`
        is named it is done to what stands then. Raises ConcurrentEdit, with what `edit` would make of the list.
        """
        for _ in range(MOST_TRIES):
            current = await look()
            if rev is not None and rev != current.rev:
                break
            if (done := await step(current)) is not None:
                return done
        yours = _tried(edit, current, rev or current.rev) if edit else None
        raise ConcurrentEdit(rev=current.rev, yours=yours and self._shown(yours), current=self._shown(current))

    async def copy(self, parent: Tracklist, by: str) -> Tracklist:
        """A draft that tells the same."""
        now_ms = self._clock.now_ms()
        same = replace(parent, parent_id=parent.tracklist_id, is_draft=True, archived_at=None, cue_file_id=None, rev=1)
        new = replace(same, tracklist_id=f"{uuid.uuid4()}", created_at=now_ms, updated_at=now_ms, created_by=by)
        return await self._store.add(new)

    async def _beside_facts(self, changes: Changes) -> dict[str, Any]:
        named: dict[str, Any] = {}
        if changes.audio is not UNSET:
            audio_id, audio_ms = (None, None) if changes.audio is None else await self.recording(changes.audio)
            named |= {"audio_id": audio_id, "audio_duration_ms": audio_ms}
        if changes.cue_format is not UNSET:
            named["default_cue_format"] = changes.cue_format
        return named


def _tried(edit: ListEdit, current: Tracklist, rev: int) -> Tracklist | None:
    """What the change would make of the list as it is now, under the revision that was meant; None: nothing."""
    try:
        return replace(edit(current), rev=rev)
    except (UnknownRow, Invalid):
        return None
