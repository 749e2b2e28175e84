"""Files that are copied, moved, tagged anew and deleted: what is one track stays one, under every name it had."""

from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_queue.tracks.models import EVERYTHING, Reading
from api_queue.tracks.music_file import read_track
from api_queue.tracks.store import SqlStore
from tests.tracks.flacs import Flac

NAMES = ("a.flac", "b.flac", "c.flac", "d.flac")
SOUNDS = ("la", "li")
FILES = st.sampled_from(NAMES)
TITLES = st.sampled_from(["Eins", "Zwei", "Drei"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("copy"), FILES, FILES),
        st.tuples(st.just("move"), FILES, FILES),
        st.tuples(st.just("retag"), FILES, TITLES),
        st.tuples(st.just("delete"), FILES),
        st.tuples(st.just("record"), FILES, st.sampled_from(SOUNDS), TITLES),
    ),
    max_size=8,
)


@dataclass
class Folder:
    """What lies where: the sound and the title of each file."""

    path: Path
    files: dict[str, tuple[str, str]] = field(default_factory=dict)

    def do(self, step: tuple[str, ...]) -> None:
        match step:
            case ("copy", here, there) if here in self.files:
                self.files[there] = self.files[here]
            case ("move", here, there) if here in self.files:
                self.files[there] = self.files.pop(here)
            case ("retag", name, title) if name in self.files:
                self.files[name] = (self.files[name][0], title)
            case ("record", name, sound, title):
                self.files[name] = (sound, title)
            case ("delete", name):
                self.files.pop(name, None)

    def reading(self, name: str) -> Reading:
        sound, title = self.files[name]
        path = Flac(sound, {"TITLE": title, "ARTIST": "Band"}).write(self.path / name)
        return Reading(path=str(path), size=1, mtime_ns=1, track=read_track(path))

    def tracks(self) -> dict[str, tuple[str, list[Path]]]:
        """Title and places by sound; the first place speaks."""
        by_sound = sorted((sound, name) for name, (sound, _) in self.files.items())
        places = {sound: [name for _, name in group] for sound, group in groupby(by_sound, lambda pair: pair[0])}
        return {s: (self.files[names[0]][1], [self.path / name for name in names]) for s, names in places.items()}


async def scan(store: SqlStore, folder: Folder, before: dict[str, tuple[str, str]]) -> None:
    """As a scan does it: first what is new or changed, then what is gone."""
    changed = [name for name, file in folder.files.items() if before.get(name) != file]
    if changed:
        await store.write([folder.reading(name) for name in changed])
    await store.forget([str(folder.path / name) for name in before.keys() - folder.files.keys()])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(steps=STEPS)
async def test_a_track_is_what_sounds_the_same_wherever_it_lies(
    store: SqlStore, music: Path, steps: list[tuple[str, ...]]
) -> None:
    await store.forget([str(music / name) for name in NAMES])
    folder, names = Folder(music), dict[str, str]()
    id_of = {sound: read_track(Flac(sound).write(music / "any.flac")).track_id for sound in SOUNDS}
    for step in steps:
        # When something happens to the files, and they are scanned
        before = dict(folder.files)
        folder.do(step)
        await scan(store, folder, before)
        # Then there is a track for each sound, with all its places, and the title of the first
        expected = {id_of[sound]: told for sound, told in folder.tracks().items()}
        found = {track.track_id: track async for track in store.tracks(EVERYTHING)}
        assert {track_id: track.title for track_id, track in found.items()} == {i: t for i, (t, _) in expected.items()}
        assert {track_id: await store.paths(track_id) for track_id in found} == {i: p for i, (_, p) in expected.items()}
        # And all the names that it had since it came lead to it
        names = {name: track_id for name, track_id in names.items() if track_id in found}
        names |= {track.alias: track_id for track_id, track in found.items()}
        led = {name: await store.track(name) for name in names}
        assert {name: track and track.track_id for name, track in led.items()} == names
