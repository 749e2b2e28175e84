"""`karakara import` as it is typed, and `karakara encode` beside a worker in this process."""

import asyncio
import json
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest

from api_queue.command_line import main
from api_queue.drivers.redis import connect
from api_queue.errors import StartRefused
from api_queue.parts import Parts
from api_queue.queues.models import Queue, QueueView
from api_queue.serving import karakara_commands
from api_queue.serving.working import worker_of
from api_queue.tracks.models import Search
from api_queue.types import QueueName, TrackId
from tests.house import house_settings
from tests.serving_parts.test_scanning import until

T = TypeVar("T")

HEADING = "id,track_id,performer_name,start_time,track_duration"


class Said(NamedTuple):
    code: int
    lines: list[str]
    error: str


Say = Callable[..., Said]


class Server:
    """The data folder and the Redis of a server, and what it would say; each question has a loop of its own."""

    def __init__(self, redis_url: str, data: Path) -> None:
        self.settings = house_settings(redis_url, data)

    def ask(self, question: Callable[[Parts], Awaitable[T]]) -> T:
        async def asked() -> T:
            parts = Parts(self.settings)
            try:
                return await question(parts)
            finally:
                await parts.close()

        return asyncio.run(asked())

    def queue(self, name: str) -> Queue:
        return self.ask(lambda parts: parts.queues.queue(QueueName(name)))

    def view(self, name: str) -> QueueView:
        return self.ask(lambda parts: parts.queues.view(QueueName(name)))

    def tracks(self) -> list[str]:
        return [track.track_id for track in self.ask(lambda parts: parts.tracks.search(Search())).tracks]


@pytest.fixture(autouse=True)
def _own_interrupt() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def server(redis_url: str, furnished: Path, tmp_path: Path) -> Server:
    async def emptied() -> None:
        client = connect(redis_url)
        await client.call("FLUSHALL")
        await client.call("INCR", "tracks:version")
        await client.close()

    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    asyncio.run(emptied())
    return Server(redis_url, tmp_path)


@pytest.fixture
def imports(server: Server, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.chdir(server.settings.data)
    monkeypatch.setenv("API_QUEUE_REDIS_URL", redis_url)

    def say(*options: str, room: str = "kara") -> Said:
        code = main(["karakara", "import", "--data", ".", "--room", room, *options])
        said = capsys.readouterr()
        return Said(code, said.out.splitlines(), said.err)

    return say


@pytest.fixture
def songs(server: Server) -> str:
    """A queue of three songs, of which one is over and one is not in the library."""
    over, waits, *_ = server.tracks()
    lines = (HEADING, f"1,{over},Ana,1600000000.5,90", "2,gone,Ben,,90", f"3,{waits},Cleo,,90")
    (server.settings.data / "queue.csv").write_text("\r\n".join(lines))
    return "queue.csv"


def test_a_room_moves_over_with_its_queue_and_its_settings(server: Server, imports: Say, songs: str) -> None:
    # Given the files of a room
    settings = {"title": "Con", "track_space": 90, "auto_reorder_queue": True, "a_new_one": 1}
    (server.settings.data / "settings.json").write_text(json.dumps(settings))
    # When they are imported
    said = imports("--queue", songs, "--settings", "settings.json")
    # Then the room is there, its host has a key, and what could not be taken is named
    made, refused, summary = said.lines
    assert (said.code, said.error) == (0, "")
    key = made.removeprefix("The room kara is made. The key of its host, shown this once: ")
    token = server.ask(lambda parts: parts.tokens.find(key))
    assert token is not None
    assert (token.role, token.queue) == ("host", "kara")
    assert refused == "line 3: There is no track 'gone' in the library."
    assert summary == "1 taken, 0 here already, 1 over and left behind, 1 not taken."
    queue = server.queue("kara")
    assert (queue.settings.title, queue.settings.track_space, queue.settings.order) == ("Con", 90, "fair")
    assert [item.performer_name for item in server.view("kara").to_come] == ["Cleo"]


def test_once_more_it_says_that_all_is_here(imports: Say, songs: str) -> None:
    imports("--queue", songs)
    again = imports("--queue", songs)
    assert again.code == 0
    assert again.lines[-1] == "0 taken, 1 here already, 1 over and left behind, 1 not taken."
    assert "key" not in "".join(again.lines)


def test_where_nothing_could_be_taken_it_fails(server: Server, imports: Say) -> None:
    (server.settings.data / "queue.csv").write_text(f"{HEADING}\n2,gone,Ben,,90\n")
    assert imports("--queue", "queue.csv").code == 1


def test_without_a_file_it_makes_the_room(server: Server, imports: Say) -> None:
    made = imports()
    assert (made.code, len(made.lines)) == (0, 1)
    assert server.queue("kara").settings.command_semantics == "karakara"


def test_of_settings_alone_it_says_that_the_room_was_here_and_nothing_of_songs(server: Server, imports: Say) -> None:
    (server.settings.data / "settings.json").write_text('{"title": "Con"}')
    imports()
    assert imports("--settings", "settings.json").lines == ["The room kara was here already."]
    assert server.queue("kara").settings.title == "Con"


@pytest.mark.parametrize(
    ("file", "content", "wrong"),
    [
        ("queue", b"abc", "queue's first line has no track_id"),
        ("queue", b"track_id,performer_name\n\xff,Ana", "no text in UTF-8"),
        ("settings", b"[]", "not the settings of a room"),
        ("settings", b'{"track_space": "soon"}', "track_space"),
        ("settings", b'{"title": 1}', "not the settings of a room"),
    ],
)
def test_a_file_that_is_none_of_karakaras_changes_nothing(
    server: Server, imports: Say, file: str, content: bytes, wrong: str
) -> None:
    (server.settings.data / "file").write_bytes(content)
    said = imports(f"--{file}", "file")
    assert (said.code, said.lines, said.error.count("\n")) == (1, [], 1)
    assert wrong in said.error
    assert server.ask(lambda parts: parts.queues.queues()) == []


@pytest.mark.parametrize("room", ["Kara", "", "a" * 17, "my-room"])
def test_a_name_that_the_clients_cannot_write_is_refused(imports: Say, room: str) -> None:
    said = imports(room=room)
    assert (said.code, said.error) == (1, f"'{room}' cannot name a room: use 1 to 16 of a-z and 0-9.\n")


def test_a_file_that_is_not_there_is_named(imports: Say) -> None:
    assert imports("--queue", "gone.csv").error == "gone.csv cannot be read: No such file or directory.\n"


def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="No server runs in"):
        karakara_commands.import_room(house_settings("", tmp_path), "kara", None, None)


async def _beside_a_worker(parts: Parts, track: str) -> int:
    worker = asyncio.create_task(worker_of(parts, 0.5).run())
    await until(parts.jobs.workers)
    try:
        return await karakara_commands._encode(parts, track)
    finally:
        worker.cancel()
        await asyncio.wait([worker])


def test_a_video_is_ordered_and_what_is_no_track_is_named(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    # Given a track that has a video already, so that none has to be made
    track = TrackId(server.tracks()[0])
    video = Parts(server.settings).videos.path(track)
    video.parent.mkdir(parents=True, exist_ok=True)
    video.touch()
    # Then its order is done, and one of another is not
    assert server.ask(lambda parts: _beside_a_worker(parts, track)) == 0
    assert capsys.readouterr().out == "1 done, 0 failed.\n"
    assert server.ask(lambda parts: _beside_a_worker(parts, "gone")) == 1
    assert "'gone'" in capsys.readouterr().out


def test_an_import_without_a_room_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["karakara", "import"])
    assert "--room" in capsys.readouterr().err
