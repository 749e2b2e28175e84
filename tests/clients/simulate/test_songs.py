"""Songs of which only the head is true, read as the library reads them."""

from pathlib import Path

from api_queue.clients.simulate.songs import make_songs
from api_queue.tracks.music_file import read_track


def test_they_are_as_long_as_songs_and_no_two_are_the_same(tmp_path: Path) -> None:
    make_songs(tmp_path / "music", 20, seed=1)
    tracks = [read_track(path) for path in sorted((tmp_path / "music").iterdir())]
    assert len({track.track_id for track in tracks}) == 20
    assert [track.title for track in tracks[:2]] == ["Song 001", "Song 002"]
    assert all(120_000 <= track.duration_ms <= 300_000 for track in tracks)
