import gzip

import msgspec
import pytest

from api_queue.errors import UnknownDataFile
from api_queue.tracks.data_folder import KEPT_MS
from api_queue.tracks.models import EVERYTHING, TagFilter
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import PNG, Flac, song

ROCK = TagFilter.of(["genre:rock"])


@pytest.fixture(autouse=True)
async def library(shelf: Shelf) -> None:
    comments: dict[str, str | list[str]] = {
        "TITLE": "One",
        "ARTIST": ["X", "Y"],
        "GENRE": "Rock",
        "TAG": "new",
        "LYRICS": "la",
    }
    Flac("tune", comments, seconds=61.5, picture=PNG).write(shelf.music / "one.flac")
    song("Two", "Z", GENRE="Pop").write(shelf.music / "two.flac")
    await shelf.scan()


async def test_its_form_is_the_seeds(shelf: Shelf) -> None:
    data_hash = await shelf.files.data_file(ROCK)
    [track] = await shelf.tracks(ROCK)

    content = msgspec.json.decode(shelf.files.path(data_hash, gzipped=False).read_bytes())

    assert content == {
        track.track_id: {
            "id": track.track_id,
            "alias": "X_Y_One",
            "title": "One",
            "artist": "X, Y",
            "album": "",
            "duration": 61.5,
            "tags": {"title": ["One"], "genre": ["Rock"], "artist": ["X", "Y"], "": ["new"]},
            "attachments": {
                "video": [],
                "image": [{"variant": "Default", "mime": "image/png", "path": f"/tracks/{track.track_id}/cover"}],
                "subtitle": [
                    {"variant": "Default", "mime": "application/json", "path": f"/tracks/{track.track_id}/lyrics"}
                ],
            },
        }
    }


async def test_compressed_it_says_the_same(shelf: Shelf) -> None:
    data_hash = await shelf.files.data_file(EVERYTHING)

    plain, gzipped = (shelf.files.path(data_hash, gzipped=form) for form in (False, True))

    assert gzip.decompress(gzipped.read_bytes()) == plain.read_bytes()


async def test_a_filter_that_offers_nothing_is_an_empty_object(shelf: Shelf) -> None:
    data_hash = await shelf.files.data_file(TagFilter.of(["genre:polka"]))

    assert msgspec.json.decode(shelf.files.path(data_hash, gzipped=False).read_bytes()) == {}


async def test_the_same_offer_has_the_same_name(shelf: Shelf) -> None:
    rock = await shelf.files.data_file(ROCK)

    assert await shelf.files.data_file(TagFilter.of(["-genre:pop"])) == rock
    assert await shelf.files.data_file(EVERYTHING) != rock


async def test_a_name_never_means_another_content(shelf: Shelf) -> None:
    # Given the files of a library
    rock, everything = await shelf.files.data_file(ROCK), await shelf.files.data_file(EVERYTHING)
    before = shelf.files.path(everything, gzipped=False).read_bytes()
    # When a track outside of the filter comes
    song("Three", GENRE="Pop").write(shelf.music / "three.flac")
    await shelf.scan()
    # Then the filtered one stays, the other has a new name, and the old one is as it was
    assert await shelf.files.data_file(ROCK) == rock
    assert await shelf.files.data_file(EVERYTHING) != everything
    assert shelf.files.path(everything, gzipped=False).read_bytes() == before


async def test_the_announced_file_is_there(shelf: Shelf) -> None:
    announced = await shelf.library.announced()

    assert announced
    assert announced.count == 2
    assert announced.hash == await shelf.files.data_file(EVERYTHING)
    assert msgspec.json.decode(await shelf.library.library() or "") == {
        "hash": announced.hash,
        "count": 2,
        "updated": announced.updated,
    }


async def test_old_files_go_a_day_after_they_were_asked_for(shelf: Shelf) -> None:
    # Given a file that was replaced, and is asked for once more half a day later
    old = await shelf.files.data_file(EVERYTHING)
    song("Three").write(shelf.music / "three.flac")
    await shelf.scan()
    shelf.clock.forward_s(KEPT_MS / 2000)
    shelf.files.path(old, gzipped=True)
    # When a day has passed since then, the next scan removes it
    shelf.clock.forward_s(KEPT_MS / 2000)
    await shelf.scan()
    assert shelf.files.path(old, gzipped=True)
    shelf.clock.forward_s(KEPT_MS / 1000 + 1)
    await shelf.scan()
    with pytest.raises(UnknownDataFile):
        shelf.files.path(old, gzipped=True)
    # But never the one that was announced
    announced = await shelf.library.announced()
    assert announced
    assert shelf.files.path(announced.hash, gzipped=True)


async def test_a_file_that_somebody_deleted_is_built_again(shelf: Shelf) -> None:
    rock = await shelf.files.data_file(ROCK)
    for path in shelf.folder.paths(rock):
        path.unlink()

    assert await shelf.files.data_file(ROCK) == rock
    assert shelf.files.path(rock, gzipped=False).exists()


async def test_what_is_no_data_file(shelf: Shelf) -> None:
    for name in ("", "..", "../api_queue", "f" * 32, "F" * 32, "a" * 31):
        with pytest.raises(UnknownDataFile):
            shelf.files.path(name, gzipped=False)
