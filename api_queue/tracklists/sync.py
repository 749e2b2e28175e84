"""A list and its page: the page is fetched again, what nobody edited here goes into the list, and the rest waits."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec
from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import Conflict, NoPage, UnknownConflict, UnknownTracklist
from api_queue.tracklists.merging import Decision, Merged, merge
from api_queue.tracklists.models import Facts, Tracklist
from api_queue.tracklists.models import Store as ListStore
from api_queue.tracklists.page_changes import Change, changes
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.service import TracklistService

#: What becomes of what the page and somebody here tell in two ways: it waits, or one side is taken.
OnConflict = Literal["ask", "theirs", "yours"]
Action = Literal["sync", "resolve", "config", "schedule", "unschedule"]


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """How a list stands with its page. `before` is what the two agreed on, `page` what the page told last; None before
    the first sync. `target_id` is the list that is written: of a published one, a draft of it. Times are ms since 1970.
    """

    tracklist_id: str
    url: str
    target_id: str
    rev: int = 0
    before: Facts | None = None
    page: Facts | None = None
    synced_at: int | None = None
    auto_apply: bool = True
    on_conflict: OnConflict = "ask"

    def decide(self, change: Change) -> Decision:
        if change.is_clean:
            return "theirs" if self.auto_apply else "wait"
        return "wait" if self.on_conflict == "ask" else self.on_conflict


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to a list by its sync, when (ms since 1970) and by whom; `about` is JSON."""

    at: int
    by: str
    action: Action
    about: Mapping[str, Any]


class SyncStore(Protocol):
    async def get(self, tracklist_id: str) -> SyncState | None: ...

    async def put(self, state: SyncState, entry: AuditEntry) -> bool:
        """As the revision after its own. False: somebody else was faster, and nothing was written."""

    async def tell(self, tracklist_id: str, entry: AuditEntry) -> None: ...

    async def audit(self, tracklist_id: str, limit: int, offset: int) -> tuple[int, Sequence[AuditEntry]]:
        """How many there are, and a page of them, the newest first."""


class SyncService:
    """Everything raises UnknownTracklist, and NoPage for a list of no page."""

    def __init__(
        self,
        store: SyncStore,
        lists: ListStore,
        tracklists: TracklistService,
        retrieval: RetrievalService,
        clock: Clock,
    ) -> None:
        self._store = store
        self._lists = lists
        self._tracklists = tracklists
        self._retrieval = retrieval
        self._clock = clock

    async def state(self, tracklist_id: str) -> SyncState:
        tracklist = await self._tracklists.tracklist(tracklist_id)
        kept = await self._store.get(tracklist_id)
        if kept is not None:
            return kept
        if tracklist.facts.url is None:
            raise NoPage(tracklist_id=tracklist_id)
        return SyncState(tracklist_id=tracklist_id, url=tracklist.facts.url, target_id=tracklist_id)

    async def address(self, tracklist_id: str) -> str:
        """Of its page. Raises ForeignAddress where that is no page of the site."""
        return self._retrieval.address((await self.state(tracklist_id)).url)

    async def sync(self, tracklist_id: str, by: str, patience_s: float) -> tuple[SyncState, Merged]:
        """Raises what a visit of the site raises, and Conflict where somebody was faster: once more mends it."""
        state = await self.state(tracklist_id)
        found = await self._retrieval.tracklist(state.url, force_refresh=True, patience_s=patience_s)
        assert found.tracklist is not None
        page, target = found.tracklist.facts, await self._target(state)
        before = state.before or await self._first(target) or page
        merged = merge(before, page, target.facts, state.decide)
        kept = replace(state, page=page, synced_at=self._clock.now_ms())
        return await self._keep(kept, target, merged, by, "sync"), merged

    async def conflicts(self, tracklist_id: str) -> tuple[SyncState, Tracklist, Sequence[Change]]:
        """What waits for somebody, as the list is now."""
        state = await self.state(tracklist_id)
        target = await self._target(state)
        if state.before is None or state.page is None:
            return state, target, []
        found = changes(state.before, state.page, target.facts)
        return state, target, [change for change in found if state.decide(change) == "wait"]

    async def resolve(
        self, tracklist_id: str, decisions: Mapping[str, Decision], rest: Decision, by: str
    ) -> tuple[SyncState, Merged]:
        """By the ids of changes, and `rest` for all others that wait. Raises UnknownConflict, ConcurrentEdit."""
        state, target, waiting = await self.conflicts(tracklist_id)
        known = {change.change_id for change in waiting}
        if unknown := [change_id for change_id in decisions if change_id not in known]:
            raise UnknownConflict(conflict_id=unknown[0])
        if state.before is None or state.page is None:
            return state, Merged(target.facts, target.facts, (), ())
        merged = merge(state.before, state.page, target.facts, lambda each: decisions.get(each.change_id, rest))
        return await self._keep(state, target, merged, by, "resolve"), merged

    async def configure(self, tracklist_id: str, changed: Mapping[str, Any], by: str) -> SyncState:
        """Of `auto_apply` and `on_conflict` those that are named. Raises Conflict."""
        state = replace(await self.state(tracklist_id), **changed)
        return await self._put(state, by, "config", changed)

    async def tell(self, tracklist_id: str, action: Action, by: str, about: Mapping[str, Any]) -> None:
        await self._store.tell(tracklist_id, self._entry(action, by, about))

    async def audit(self, tracklist_id: str, limit: int, offset: int) -> tuple[int, Sequence[AuditEntry]]:
        await self._tracklists.tracklist(tracklist_id)
        return await self._store.audit(tracklist_id, limit, offset)

    # -- steps -------------------------------------------------------------------------------------------------

    async def _target(self, state: SyncState) -> Tracklist:
        """The draft of a published list may be gone since."""
        try:
            return await self._tracklists.tracklist(state.target_id)
        except UnknownTracklist:
            return await self._tracklists.tracklist(state.tracklist_id)

    async def _first(self, target: Tracklist) -> Facts | None:
        """What the list told when it was made of the page. None: nobody knows any more what was edited since, so that
        the list counts as it is, and only what the page changes from now on is brought in.
        """
        root: Tracklist | None = target
        while root is not None and root.parent_id is not None:
            root = await self._lists.get(root.parent_id)
        versions = await self._lists.versions(root.tracklist_id) if root else ()
        return next((version.facts for version in versions if version.number == 1), None)

    async def _keep(self, state: SyncState, target: Tracklist, merged: Merged, by: str, action: Action) -> SyncState:
        """The list first: broken off after that, the next sync finds that the two agree already."""
        written = await self._write(target, replace(target, facts=merged.facts, scraped_at=state.synced_at), by)
        kept = replace(state, before=merged.before, target_id=written.tracklist_id)
        about = {"tracklist_id": written.tracklist_id, "applied": merged.taken, "waiting": len(merged.waiting)}
        return await self._put(kept, by, action, about)

    async def _write(self, target: Tracklist, told: Tracklist, by: str) -> Tracklist:
        """As a version of its own. What is published is left as it is, and a draft of it is changed."""
        if told.facts == target.facts:
            return target
        draft = target if target.is_draft else await self._tracklists.copy(target, by)

        def edit(before: Tracklist) -> Tracklist:
            return replace(before, facts=told.facts, scraped_at=told.scraped_at)

        return await self._tracklists.change(draft.tracklist_id, edit, by, draft.rev, as_version=True)

    async def _put(self, state: SyncState, by: str, action: Action, about: Mapping[str, Any]) -> SyncState:
        if not await self._store.put(state, self._entry(action, by, about)):
            raise Conflict
        return replace(state, rev=state.rev + 1)

    def _entry(self, action: Action, by: str, about: Mapping[str, Any]) -> AuditEntry:
        known: Mapping[str, Any] = msgspec.to_builtins(about)
        return AuditEntry(at=self._clock.now_ms(), by=by, action=action, about=known)
