"""Any sequence of edits and ways back, in a real database, against a plain list of what was said when."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.drivers.clock import SystemClock
from api_queue.drivers.redis import Redis
from api_queue.errors import ConcurrentEdit, UnknownTracklistVersion
from api_queue.parts import Parts
from api_queue.tracklists import drafts
from api_queue.tracklists.models import Entry, Facts
from api_queue.tracklists.service import TracklistService
from api_queue.tracklists.store import SqlTracklists
from api_queue.tracklists.versioning import VersionService
from tests.house import house_settings

#: What is done, and where.
STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "label", "back", "late"]), st.integers(1, 6)), max_size=12)


@dataclass
class Desk:
    """Where lists are worked on."""

    lists: TracklistService
    versions: VersionService


@dataclass
class Model:
    """What a list should be: its rows, each of its versions, its revision."""

    rows: tuple[Entry, ...] = ()
    versions: list[tuple[Entry, ...]] = field(default_factory=lambda: [()])
    rev: int = 1

    def say(self, rows: tuple[Entry, ...], *, as_version: bool) -> None:
        if rows == self.rows and not as_version:
            return
        self.rows, self.rev = rows, self.rev + 1
        if as_version:
            self.versions.append(rows)
        else:
            self.versions[-1] = rows


@pytest.fixture
async def desk(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    parts = Parts(house_settings(redis_url, tmp_path))
    store = SqlTracklists(parts.engine)
    lists = TracklistService(store, parts.tracks, SystemClock(), lambda tracklist: tracklist.rev)
    yield Desk(lists, VersionService(store, lists))
    await parts.close()


@given(steps=STEPS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
async def test_versions_are_what_was_said_when(desk: Desk, steps: list[tuple[str, int]]) -> None:
    made = await desk.lists.create(Facts(), "manual", "ana")
    model = Model()
    for number, (what, where) in enumerate(steps):
        await do(desk, made.tracklist_id, model, what, where, f"{number}")

    now = await desk.lists.tracklist(made.tracklist_id)
    assert (now.facts.entries, now.rev) == (model.rows, model.rev)
    kept = await desk.versions.versions(made.tracklist_id)
    assert [each.facts.entries for each in reversed(kept)] == model.versions
    assert [each.number for each in kept] == [*range(len(model.versions), 0, -1)]
    assert (await desk.versions.compare(made.tracklist_id, 1, 1)).total == 0


async def do(desk: Desk, tracklist_id: str, model: Model, what: str, where: int, title: str) -> None:
    """One step, to both."""
    entry = Entry(artist="Ana", title=title)
    edit = partial(desk.lists.edit, tracklist_id, by="ana", rev=model.rev)
    if what == "add":
        await edit(partial(drafts.add, entry=entry))
        model.say((*model.rows, entry), as_version=True)
    elif what == "remove" and where <= len(model.rows):
        await edit(partial(drafts.remove, position=where))
        model.say(model.rows[: where - 1] + model.rows[where:], as_version=True)
    elif what == "label" and where <= len(model.rows):
        await edit(partial(drafts.change, position=where, change=labelled(title)))
        changed = labelled(title)(model.rows[where - 1])
        model.say((*model.rows[: where - 1], changed, *model.rows[where:]), as_version=False)
    elif what == "back" and where <= len(model.versions):
        await desk.versions.roll_back(tracklist_id, where, "ana", model.rev)
        model.say(model.versions[where - 1], as_version=True)
    elif what == "late":
        with pytest.raises(ConcurrentEdit):
            await desk.lists.edit(tracklist_id, partial(drafts.add, entry=entry), "ben", model.rev - 1)


def labelled(label: str) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, label=label)


async def test_a_version_that_never_was_cannot_be_gone_back_to(desk: Desk) -> None:
    made = await desk.lists.create(Facts(), "manual", "ana")
    with pytest.raises(UnknownTracklistVersion):
        await desk.versions.roll_back(made.tracklist_id, 2, "ana", None)


async def test_whoever_is_too_late_sees_what_their_change_would_make(desk: Desk) -> None:
    made = await desk.lists.create(Facts(), "manual", "ana")
    await desk.lists.edit(made.tracklist_id, partial(drafts.add, entry=Entry(artist="", title="A")), "ana", 1)
    with pytest.raises(ConcurrentEdit) as refused:
        await desk.lists.edit(made.tracklist_id, partial(drafts.remove, position=2), "ben", 1)
    assert refused.value.facts == {"rev": 2, "yours": None, "current": 2}
