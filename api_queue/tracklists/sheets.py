"""CUE sheets that a scan has found in recordings, or beside them: each becomes a list, and its rows tracks."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, Literal

import structlog
from msgspec.structs import replace

from api_queue.errors import NotPublishable
from api_queue.tracklists.drafts import Changes
from api_queue.tracklists.models import Entry, Facts, Store, Tracklist, Wanted
from api_queue.tracklists.news import TracklistNews
from api_queue.tracklists.publishing import PublishingService
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.sources import from_reading
from api_queue.tracks.models import Track
from api_queue.tracks.paths import to_text
from api_queue.tracks.service import TrackService
from api_queue.tracks.sheet_file import FoundSheet
from api_queue.types import TrackId

#: Who made the lists that come of sheets.
SCAN: Final = "scan"
#: Of a list that was made, published, and nothing else.
_PUBLISHED_REV: Final = 2
_log = structlog.get_logger()


class SheetIntake:
    """tracks.models.SheetSink. What `publishing` cuts is announced by the scan, at its end."""

    def __init__(
        self,
        store: Store,
        tracks: TrackService,
        tracklists: TracklistService,
        publishing: PublishingService,
        news: TracklistNews,
        roots: Sequence[Path],
    ) -> None:
        self._store = store
        self._tracks = tracks
        self._tracklists = tracklists
        self._publishing = publishing
        self._news = news
        self._roots = roots

    async def cut(self, recordings: Collection[TrackId]) -> Collection[TrackId]:
        lists = await self._store.published(recordings)
        return {each.audio_id for each in lists if each.audio_id and _follows(each)}

    async def take(self, recording: TrackId) -> None:
        sheet = await self._tracks.sheet(recording)
        if sheet is None:
            await self._withdraw(recording)
        elif not sheet.fault:
            await self._use(sheet, await self._tracks.track(recording))

    async def _withdraw(self, recording: TrackId) -> None:
        for each in filter(_follows, await self._store.published([recording])):
            await self._publishing.remove(each.tracklist_id, each.rev)

    async def _use(self, sheet: FoundSheet, recording: Track) -> None:
        """One that is as it was the last time makes no new list. Beside a list that a person has published or edited it
        is a draft, and so it is when it does not fit the recording.
        """
        lists = (await self._tracklists.find(Wanted(audio_id=recording.track_id, limit=1000)))[1]
        last = next((each for each in lists if each.created_by == SCAN), None)
        draft = last if last and last.facts.source_html_hash == sheet.digest else None
        if draft is None:
            audio = Changes(audio=recording.track_id)
            draft = await self._tracklists.create(facts_of(sheet, recording), sheet.source, SCAN, audio)
            await self._tell(draft, sheet.name, "modified" if last else "created")
        if draft.is_draft and _follows(draft) and all(_follows(each) for each in lists if each.is_published):
            await self._publish(draft)

    async def _tell(self, draft: Tracklist, name: str, change: Literal["created", "modified"]) -> None:
        if not name:
            return
        path = (await self._tracks.path_of(draft.audio_id or "")).with_name(name)
        below = next(path.relative_to(root) for root in self._roots if path.is_relative_to(root))
        await self._news.changed(draft, to_text(f"{below}"), change)

    async def _publish(self, draft: Tracklist) -> None:
        try:
            await self._publishing.publish(draft.tracklist_id, draft.rev)
        except NotPublishable as error:
            _log.warning("a CUE sheet became a draft", tracklist_id=draft.tracklist_id, reason=error.detail)


def facts_of(sheet: FoundSheet, recording: Track) -> Facts:
    """What the sheet does not say is as the recording's tags have it."""
    facts = from_reading(sheet.reading).facts if sheet.reading else _of_block(sheet, recording)
    return replace(
        facts,
        title=facts.title or recording.title,
        dj_name=facts.dj_name or recording.artist or None,
        source_html_hash=sheet.digest,
    )


def _of_block(sheet: FoundSheet, recording: Track) -> Facts:
    numbered = enumerate(sheet.starts_ms, 1)
    return Facts(
        entries=tuple(
            Entry(artist=recording.artist, title=f"Track {number:02}", start_ms=start_ms)
            for number, start_ms in numbered
        )
    )


def _follows(tracklist: Tracklist) -> bool:
    """It is what its sheet is: nobody has changed it since it was made, and no more than published it."""
    return tracklist.created_by == SCAN and tracklist.rev <= _PUBLISHED_REV
