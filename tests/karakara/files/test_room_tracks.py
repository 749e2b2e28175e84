"""What rooms show is in the map of all tracks, whatever becomes of the library."""

from api_queue.tracks.models import Announcement
from api_queue.tracks.store import SqlStore
from tests.house import House


async def test_a_song_that_has_left_the_library_while_it_waits_is_there_for_its_room(house: House) -> None:
    """The clients fall over one that is not."""
    # Given a song that waits in a queue, and is known to the clients
    async with house.nobody() as nobody, house.admin() as admin:
        [track] = (await admin.get("/tracks?limit=1")).json()["tracks"]
        wish = {"track_id": track["track_id"], "performer_name": "Ana"}
        assert (await admin.post("/queue/party/items", json=wish)).status_code == 201
        entries = (await nobody.get("/files/tracks.json")).json()
        # When its file goes
        store = SqlStore(house.parts.engine)
        await store.forget([f"{path}" for path in await store.paths(track["track_id"])])
        await house.parts.library.announce(Announcement("hash", await store.count(), 1_700_000_000_000))
        # Then it is in the next map as well, once
        after = (await nobody.get("/files/tracks.json")).json()
    assert entries.keys() == after.keys()
    assert after[track["track_id"]] == {
        "id": track["track_id"],
        "duration": track["duration_ms"] / 1000,
        "tags": {"title": [track["track_id"]]},
        "attachments": {
            "video": [],
            "image": [{"variant": "Default", "mime": "image/png", "path": "cover.png"}],
            "subtitle": [],
        },
    }
