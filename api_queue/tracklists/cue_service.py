"""CUE files: made of tracklists, kept as versions, made again, converted, judged."""

import asyncio
import hashlib
import uuid
from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError, BadAudioFile, Invalid, UnknownCueFile, UnknownTracklist
from api_queue.formats.cue.variants import VariantName, variant_of
from api_queue.tracklists.cue_building import CueOptions, Recording
from api_queue.tracklists.cue_files import (
    CueBrief,
    CueFile,
    CueFilter,
    Generated,
    Making,
    Order,
    Pages,
    Recordings,
    Store,
    Stored,
    Tracklists,
)
from api_queue.tracklists.cue_judging import Judgement, judge
from api_queue.tracklists.cue_writing import rewrite, write
from api_queue.tracklists.drafts import settled
from api_queue.tracklists.models import Entry, Facts, Tracklist


class CueService:
    def __init__(
        self, store: Store, tracklists: Tracklists, pages: Pages, recordings: Recordings, clock: Clock
    ) -> None:
        self._store = store
        self._tracklists = tracklists
        self._pages = pages
        self._recordings = recordings
        self._clock = clock
        self._judging = asyncio.Semaphore(1)

    # -- making ------------------------------------------------------------------------------------------------

    async def generate(self, order: Order, variant: VariantName | None, by: str) -> Generated:
        """Without a variant it is the list's own. Raises what says why there is no list, no recording, or no sheet."""
        tracklist, recording = await self._asked(order, by)
        own = variant_of(tracklist.default_cue_format or "standard").name
        return await self._make(order, tracklist, recording, variant or own, by)

    async def generate_all(
        self, order: Order, variants: Sequence[VariantName], by: str
    ) -> list[tuple[VariantName, Generated | ApiQueueError]]:
        """One of each, or why there is none. Raises what would be wrong with all of them."""
        tracklist, recording = await self._asked(order, by)
        made: list[tuple[VariantName, Generated | ApiQueueError]] = []
        for variant in variants:
            try:
                made.append((variant, await self._make(order, tracklist, recording, variant, by)))
            except ApiQueueError as error:
                made.append((variant, error))
        return made

    async def attempt(self, tracklist_id: str, by: str) -> None:
        """The file of a list that has just come; what the list lacks for it is said to whoever asks for one."""
        with suppress(Invalid):
            await self.generate(Order(tracklist_id=tracklist_id), None, by)

    async def regenerate(self, cue_id: str, options: CueOptions | None, by: str) -> Generated:
        """Of the list as it is now, or as it came along, with other options if they are given. Raises UnknownCueFile,
        UnknownTracklist.
        """
        file = await self.file(cue_id)
        making = file.making
        url = making.tracklist_url
        order = Order(
            facts=file.facts,
            tracklist_id=None if url else file.tracklist_id,
            tracklist_url=url,
            audio=making.audio,
            options=options or making.options,
        )
        return await self.generate(order, file.format, by)

    async def current(self, order: Order, variant: VariantName) -> CueBrief | None:
        """The newest file of a list as it is now. Raises what says why there is no list."""
        tracklist = await self._tracklist(order)
        return await self._store.current(tracklist.tracklist_id, variant, tracklist.rev)

    async def _asked(self, order: Order, by: str) -> tuple[Tracklist, Recording | None]:
        tracklist = await self._tracklist(order, by)
        if order.audio is not None:
            return tracklist, await self._recordings.recording(order.audio)
        return tracklist, await self._own_recording(tracklist)

    async def _tracklist(self, order: Order, by: str = "") -> Tracklist:
        if order.facts is not None:
            return self._unkept(order.facts, order.tracklist_id or f"{uuid.uuid4()}")
        if order.tracklist_id is not None:
            return await self._tracklists.tracklist(order.tracklist_id)
        return await self._pages.tracklist_at(order.tracklist_url or "", by)

    def _unkept(self, facts: Facts, tracklist_id: str) -> Tracklist:
        """A list that comes along has an id of its own, whatever it says, and so adds to no other one's versions."""
        now_ms = self._clock.now_ms()
        return Tracklist(
            tracklist_id=tracklist_id,
            source="manual",
            facts=settled(facts),
            rev=0,
            created_at=now_ms,
            updated_at=now_ms,
        )

    async def _own_recording(self, tracklist: Tracklist) -> Recording | None:
        """A list may be there before its recording is."""
        if tracklist.audio_id is None:
            return None
        try:
            return await self._recordings.recording(tracklist.audio_id)
        except BadAudioFile:
            return None

    async def _make(
        self, order: Order, tracklist: Tracklist, recording: Recording | None, variant: VariantName, by: str
    ) -> Generated:
        written = await asyncio.to_thread(write, tracklist.facts, variant, order.options, recording)
        making = Making(
            track_count=written.track_count,
            tracklist_rev=tracklist.rev if order.tracklist_id else 0,
            tracklist_url=order.tracklist_url,
            options=order.options,
            audio=order.audio,
            recording=recording,
            notes=written.notes,
        )
        file = self._file(tracklist.tracklist_id, variant, written.text, making, by, order.facts)
        if order.store_file:
            file = await self._store.add(file)
        return Generated(file, written.report if order.validate_audio else None)

    def _file(
        self, tracklist_id: str, variant: VariantName, content: str, making: Making, by: str, facts: Facts | None
    ) -> CueFile:
        text = content.encode()
        return CueFile(
            cue_id=f"{uuid.uuid4()}",
            tracklist_id=tracklist_id,
            format=variant,
            content=content,
            size_bytes=len(text),
            checksum=f"sha256:{hashlib.sha256(text).hexdigest()}",
            created_at=self._clock.now_ms(),
            making=making,
            created_by=by,
            facts=facts,
        )

    # -- looking -----------------------------------------------------------------------------------------------

    async def file(self, cue_id: str) -> CueFile:
        """Raises UnknownCueFile."""
        file = await self._store.get(cue_id)
        if file is None or not file.is_active:
            raise UnknownCueFile(cue_id=cue_id)
        return file

    async def find(self, wanted: CueFilter) -> tuple[int, Sequence[CueBrief]]:
        return await self._store.find(wanted)

    async def versions(self, cue_id: str) -> Sequence[CueBrief]:
        """Of the same list and format, deleted ones too, newest first. Raises UnknownCueFile."""
        file = await self._store.get(cue_id)
        if file is None:
            raise UnknownCueFile(cue_id=cue_id)
        same = CueFilter(tracklist_id=file.tracklist_id, format=file.format, is_active=None, limit=None)
        _, versions = await self._store.find(same)
        return versions

    async def remove(self, cue_id: str, *, soft: bool) -> None:
        """Raises UnknownCueFile."""
        if not await (self._store.deactivate(cue_id) if soft else self._store.remove(cue_id)):
            raise UnknownCueFile(cue_id=cue_id)

    # -- judging and converting --------------------------------------------------------------------------------

    async def judge(
        self, text: bytes, recording: Recording | None = None, rows: Sequence[Entry] = (), *, served: bool = False
    ) -> Judgement:
        """One after another, in a thread: whoever sends many large ones waits, and nobody else."""
        async with self._judging:
            return await asyncio.to_thread(judge, text, recording, rows, served=served)

    async def judge_file(self, cue_id: str, audio: str | None) -> Judgement:
        """Against the recording that it was made for, or another one. Raises UnknownCueFile, BadAudioFile."""
        file = await self.file(cue_id)
        recording = file.making.recording if audio is None else await self._recordings.recording(audio)
        return await self.judge(file.bytes, recording, await self._rows(file), served=True)

    async def _rows(self, file: CueFile) -> Sequence[Entry]:
        """Of its list as it is now; none where the list is not here."""
        if file.facts is not None:
            return file.facts.entries
        try:
            return (await self._tracklists.tracklist(file.tracklist_id)).facts.entries
        except UnknownTracklist:
            return ()

    async def convert(
        self, cue_id: str, target: VariantName, options: CueOptions, by: str, *, preserve: bool = True
    ) -> CueFile:
        """A new file, of the next version in its format; its notes tell what was lost. Without `preserve` no REM line
        is taken along. Raises UnknownCueFile, and what a sheet of that format cannot hold.
        """
        file = await self.file(cue_id)
        written = await asyncio.to_thread(rewrite, file.bytes, target, options, preserve=preserve)
        facts = {"track_count": written.track_count, "options": options, "notes": written.notes}
        making = replace(file.making, source_format=file.format, **facts)
        return await self._store.add(self._file(file.tracklist_id, target, written.text, making, by, file.facts))

    # -- what is kept ------------------------------------------------------------------------------------------

    async def stored(self) -> Stored:
        return await self._store.stored()

    async def invalidate(self, tracklist_id: str | None = None) -> int:
        return await self._store.invalidate(tracklist_id)
