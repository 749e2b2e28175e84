"""The task `rename`: files get the names that a template makes of their tags, and can be given their old ones back."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, structs

from api_queue.errors import BadTaskItem, FileGone, NotARecording, TrackNotFound
from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.tracks.models import Store
from api_queue.tracks.moves import Move, MoveStore
from api_queue.tracks.moving import check_free, move, what_moves
from api_queue.tracks.music_file import ENDING
from api_queue.tracks.naming import name_of, template_fault
from api_queue.tracks.paths import to_text
from api_queue.tracks.scan import Scan
from api_queue.tracks.tasks import ALL, BATCH, recordings
from api_queue.tracks.walk import is_inside, keep_demo, outside


class RenameItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A track by its id or an alias, or `*` for all, and the template; or `undo`, the id of a task whose moves are
    taken back, and in it `move`, the number of one. An empty one: what is done at the end.
    """

    track_id: Annotated[str, Meta(max_length=200)] = ""
    template: Annotated[str, Meta(max_length=500)] = ""
    #: The result says what would be done.
    dry_run: bool = False
    undo: int | None = None
    move: int | None = None


class RenameTask:
    def __init__(self, scan: Scan, store: Store, moves: MoveStore, roots: Sequence[Path]) -> None:
        self._scan = scan
        self._store = store
        self._moves = moves
        self._roots = roots

    def type(self) -> TaskType[RenameItem]:
        return TaskType(name="rename", payload=RenameItem, run=self.run, check=_check, closing=RenameItem())

    async def run(self, item: RenameItem, work: Work) -> Json:
        if item.undo is not None:
            return await self._undo(item, item.undo, work)
        if not item.track_id:
            return await self._finish(work)
        if item.track_id == ALL:
            tracks = [track_id async for track_id in recordings(self._store)]
            work.add_items([structs.replace(item, track_id=track_id) for track_id in tracks])
            return {"tracks": len(tracks)}
        return await self._carry_out(await self._plan(item, work), work, dry_run=item.dry_run)

    async def _finish(self, work: Work) -> Json:
        """A cover that came along with the last of its tracks is the others' cover too."""
        moves = await self._moves.of_task(work.task_id)
        music = [each.after for each in moves if _is_music(each.after)]
        if len(music) < len(moves):
            for start in range(0, len(music), BATCH):
                await self._scan.read(music[start : start + BATCH])
        return await self._scan.finish()

    async def _plan(self, item: RenameItem, work: Work) -> list[tuple[str, str]]:
        """What this item planned before its worker died counts more than what would be planned now."""
        begun = await self._moves.plan(work.task_id, work.item_id, [])
        if begun:
            return [(each.before, each.after) for each in begun]
        track = await self._store.track(item.track_id)
        if track is None:
            raise TrackNotFound(track_id=item.track_id)
        if track.part_of:
            raise NotARecording(track_id=item.track_id, recording=track.recording)
        paths = await self._store.paths(track.track_id)
        name = name_of(track, item.template)
        return await asyncio.to_thread(_pairs, paths, name, self._roots)

    async def _undo(self, item: RenameItem, task_id: int, work: Work) -> Json:
        done = await self._moves.of_task(task_id)
        if item.move is None:
            work.add_items([structs.replace(item, move=each.number) for each in reversed(done)])
            return {"moves": len(done)}
        back = [(each.after, each.before) for each in done if each.number == item.move]
        return await self._carry_out(back, work, dry_run=item.dry_run)

    async def _carry_out(self, pairs: Sequence[tuple[str, str]], work: Work, *, dry_run: bool) -> Json:
        """To its end also when it is canceled meanwhile: what was moved is written down, and can be undone."""
        if not dry_run:
            moves = await self._moves.plan(work.task_id, work.item_id, pairs)
            moving = asyncio.create_task(self._move(moves, work), name=f"rename-{work.item_id}")
            try:
                await asyncio.shield(moving)
            finally:
                await asyncio.wait([moving])
        return {"moves": [{"before": to_text(before), "after": to_text(after)} for before, after in pairs]}

    async def _move(self, moves: Sequence[Move], work: Work) -> None:
        moved: list[Move] = []
        try:
            for each in moves:
                if not each.done:
                    root = _root_of(each.after, self._roots)
                    await asyncio.to_thread(move, Path(each.before), Path(each.after), root)
                    await self._moves.done(each.number)
                    work.log(f"{to_text(each.before)} -> {to_text(each.after)}")
                moved.append(each)
        finally:
            await self._follow([each for each in moved if _is_music(each.after)])

    async def _follow(self, moved: Sequence[Move]) -> None:
        """The library learns the new places before it forgets the old ones."""
        await self._scan.read([each.after for each in moved])
        await self._store.forget([each.before for each in moved])


def _check(item: RenameItem) -> None:
    if item.undo is None and not (item.track_id and item.template):
        raise BadTaskItem(type="rename", reason="an item needs `track_id` and `template`, or `undo`")
    if item.undo is None and (fault := template_fault(item.template)):
        raise BadTaskItem(type="rename", reason=fault)


def _pairs(paths: Sequence[Path], name: str, roots: Sequence[Path]) -> list[tuple[str, str]]:
    """Of the first place; a second copy has no other name to get. Nothing where the name is right. Raises NameTaken."""
    before = next((path for path in paths if path.is_file() and is_inside(path, roots)), None)
    if before is None:
        raise FileGone
    keep_demo([before])
    after = _root_of(f"{before}", roots) / name
    pairs = [] if after == before else list(what_moves(before, after))
    check_free(pairs)
    return [(f"{old}", f"{new}") for old, new in pairs]


def _is_music(path: str) -> bool:
    return path.lower().endswith(ENDING)


def _root_of(path: str, roots: Sequence[Path]) -> Path:
    """Raises FolderOutside: the roots were others when this was planned."""
    root = next((root for root in roots if Path(path).is_relative_to(root)), None)
    if root is None:
        raise outside(path, roots)
    return root
