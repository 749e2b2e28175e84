import os
from pathlib import Path

import pytest

from api_queue.tracks import readers, reading
from api_queue.tracks.readers import Reader, Readers
from api_queue.tracks.reading import answer
from api_queue.tracks.walk import Found
from tests.tracks.flacs import song


def test_an_answer_is_a_track_or_a_reason(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = song("Good").write(music / "good.flac")

    assert answer(f"{good}").track
    assert answer(f"{music / 'gone.flac'}").fault == "it cannot be read: No such file or directory"

    def broken(path: Path, beside: object) -> None:
        raise MemoryError("too large")

    monkeypatch.setattr(reading, "read_track", broken)
    assert answer(f"{good}").fault == "it cannot be read: MemoryError: too large"


async def test_a_reader_that_was_killed_is_started_again(music: Path) -> None:
    # Given a reader that has read
    found = Found(f"{song('One').write(music / 'one.flac')}")
    reader = Reader()
    await reader.read([found])
    # When it is killed
    assert reader._process
    reader._process.kill()
    await reader._process.wait()
    # Then all that it is asked for is read
    assert all(reading.track for reading in await reader.read([found, found]))
    await reader.aclose()
    await reader.aclose()


async def test_a_file_that_takes_for_ever_is_given_up(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "READ_TIMEOUT_S", 0)
    reader = Reader()

    [reading] = await reader.read([Found(f"{song('One').write(music / 'one.flac')}")])

    assert reading.fault == "the process that read it broke off"


async def test_readers_that_were_started_before_read_in_order(
    music: Path, stood_back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two that have started
    monkeypatch.setattr(readers, "TOGETHER", 2)
    found = [Found(f"{song(title).write(music / f'{title}.flac')}") for title in "abcde"]
    two, told = Readers(2), list[tuple[int, int]]()
    await two.start()
    started = {reader._process for reader in two._idle}
    assert stood_back == [os.SCHED_BATCH] * 2
    # When they read in turns, then answers stand in the order of the questions, and nobody else was started
    read = await two.read(found, lambda done, total: told.append((done, total)))
    assert [reading.track.title for reading in read if reading.track] == list("abcde")
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert {reader._process for reader in two._idle} == started
    assert len(started) == 2
    await two.aclose()
