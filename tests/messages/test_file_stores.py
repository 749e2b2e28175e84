"""What the stores in files do when many processes use them, when one is killed, and when the disk is no good."""

import asyncio
import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from api_queue.errors import MessagesAway, MessagesDamaged, Unavailable
from api_queue.types import MessageId
from tests.messages.in_files import (
    DEAD,
    FILES,
    NOW_MS,
    PAIRS,
    FileStore,
    Q,
    file_store,
    message,
    names_there,
    receive_all,
    take,
    work_until_killed,
)
from tests.processes import PROCESSES

KINDS = sorted(FILES)
pytestmark = pytest.mark.parametrize("kind", KINDS)

# -- many processes --------------------------------------------------------------------------------------------


async def test_eight_processes_never_hold_the_same_message(kind: str, tmp_path: Path) -> None:
    sent = [f"m{number}" for number in range(300)]
    async with file_store(kind, tmp_path) as store:
        await store.send(Q, [message(name) for name in sent], NOW_MS)
    with ProcessPoolExecutor(8, mp_context=PROCESSES) as receivers:
        hauls = [receivers.submit(receive_all, kind, tmp_path) for _ in range(8)]
        got = [name for haul in hauls for name in haul.result()]
    assert sorted(got) == sorted(sent)


async def test_processes_that_all_begin_in_an_empty_folder_make_one_store(kind: str, tmp_path: Path) -> None:
    with ProcessPoolExecutor(8, mp_context=PROCESSES) as receivers:
        hauls = [receivers.submit(receive_all, kind, tmp_path) for _ in range(8)]
        assert [haul.result() for haul in hauls] == [[]] * 8


# -- kill -9 ---------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What a process said before it was killed."""

    sent: set[str] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    #: It had begun to; nobody knows whether that happened.
    perhaps_sent: set[str] = field(default_factory=set)
    perhaps_deleted: set[str] = field(default_factory=set)

    def note(self, done: bool, verb: str, name: str) -> None:
        if verb == "update":
            self.updated |= {name} if done else set()
        elif verb == "send":
            (self.sent if done else self.perhaps_sent).add(name)
        else:
            (self.deleted if done else self.perhaps_deleted).add(name)


def let_work_and_kill(kind: str, folder: Path, name: str, after_verbs: int, told: Told) -> None:
    hear, log = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work_until_killed, args=(kind, folder, name, log))
    process.start()
    log.close()
    try:
        for _ in range(after_verbs):
            assert hear.poll(60)
            told.note(*hear.recv())
        process.kill()
        while True:
            told.note(*hear.recv())
    except (EOFError, OSError):  # the last word may be cut off
        process.join()
    assert process.exitcode == -9


async def test_kill_9_in_any_verb_loses_nothing_and_revives_nothing(kind: str, tmp_path: Path) -> None:
    told, random = Told(), Random(4)
    for number in range(15):
        let_work_and_kill(kind, tmp_path, f"p{number}", random.randrange(3, 40), told)
        async with file_store(kind, tmp_path) as store:
            await expect_what_was_told(store, told)


async def expect_what_was_told(store: FileStore, told: Told) -> None:
    living, dead = await names_there(store), await names_there(store, DEAD)
    there = {*living, *dead}
    assert len(there) == len(living) + len(dead), "there twice"
    assert told.sent - told.perhaps_deleted <= there, "sent, and lost"
    assert there <= told.perhaps_sent, "never sent"
    assert not there & told.deleted, "deleted, and back"
    bodies = {each.id: each.body for queue in (Q, DEAD) async for each in store.every(queue)}
    assert {bodies.get(MessageId(name), '{"new": 1}') for name in told.updated} <= {'{"new": 1}'}
    infos = [await store.info(queue, NOW_MS) for queue in (Q, DEAD)]
    assert [info.messages for info in infos] == [len(living), len(dead)]
    assert sum(info.size_bytes for info in infos) == sum(map(len, bodies.values()))
    assert len(await names_there(store, PAIRS)) % 2 == 0, "half of a batch"


# -- disks -----------------------------------------------------------------------------------------------------


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """As a full disk: whatever makes a file longer fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_told_and_nothing_is_half_done(kind: str, tmp_path: Path) -> None:
    async with file_store(kind, tmp_path) as store:
        await store.send(Q, [message("a")], NOW_MS)
        large = [message(f"m{number}", '{"x": "' + 10_000 * "x" + '"}') for number in range(100)]
        with files_of_at_most(400_000), pytest.raises(MessagesAway) as refused:
            await store.send(Q, large, NOW_MS)
        assert isinstance(refused.value, Unavailable)
        assert refused.value.facts["retry_after"] == 5
        assert await names_there(store) == ["a"]
        # And once there is room again, all goes on
        await store.send(Q, large, NOW_MS)
        assert len(await names_there(store)) == 101


async def test_a_folder_that_cannot_be_made_is_told(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    async with file_store(kind, tmp_path / "file") as store:
        with pytest.raises(MessagesAway, match="cannot be read or written now"):
            await store.send(Q, [message("a")], NOW_MS)
        with pytest.raises(MessagesAway):
            await store.info(Q, NOW_MS)


@pytest.mark.parametrize("damaged", [b'{"queue": "orders"}' * 30, b"\xff" * 200])
async def test_a_damaged_file_is_named_and_left_as_it_is(kind: str, tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / FILES[kind]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(damaged)
    async with file_store(kind, tmp_path) as store:
        for verb in (
            store.send(Q, [message("a")], NOW_MS),
            store.receive(Q, take(1), NOW_MS),
            store.look(Q, 0, 10, NOW_MS),
            store.info(Q, NOW_MS),
        ):
            with pytest.raises(MessagesDamaged, match=f"The file '{file.name}' of messages is damaged"):
                await verb
    assert file.read_bytes() == damaged


async def test_who_is_gone_before_the_answer_leaves_the_store_usable(kind: str, tmp_path: Path) -> None:
    async with file_store(kind, tmp_path) as store:
        sending = [asyncio.create_task(store.send(Q, [message(f"m{number}")], NOW_MS)) for number in range(20)]
        await sending[0]
        for each in sending[1:]:
            each.cancel()
        await asyncio.wait(sending)
        await store.send(Q, [message("last")], NOW_MS)
        there = await names_there(store)
        assert (there[0], there[-1]) == ("m0", "last")
