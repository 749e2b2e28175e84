"""One folder for each backup: whole, closed to others, and in agreement with itself whoever changes what meanwhile."""

import asyncio
from pathlib import Path

import pytest

from api_queue.errors import StartRefused
from api_queue.keeping import redis_file
from api_queue.keeping.backup import Backup, backups
from api_queue.keeping.manifest import read, verify
from api_queue.keeping.redis_keys import RedisKeys
from tests.queues.agreement import check_index
from tests.queues.party import Party, X, guest


def nothing(*_: object) -> None:
    pass


async def test_it_says_what_it_holds_and_every_file_is_as_it_says(party: Party, backup: Backup) -> None:
    await party.add_all("AB")
    where, manifest = await backup.take()
    assert (manifest.counts["queues"], manifest.counts["songs"], manifest.counts["tracks"]) == (1, 2, 10)
    assert read(where) == manifest
    verify(where, manifest, nothing)
    assert {str(path.relative_to(where)) for path in where.rglob("*") if path.is_file()} == {
        *(file.path for file in manifest.files),
        "manifest.json",
    }


async def test_only_its_owner_may_read_it(party: Party, backup: Backup, tmp_path: Path) -> None:
    load_keys = party.parts.media  # makes a key
    assert load_keys
    (tmp_path / "data" / "tracks").mkdir(exist_ok=True)
    (tmp_path / "data" / "tracks" / "a.json").write_text("{}")
    (tmp_path / "data" / "tracks" / "a.json").chmod(0o644)
    where, _ = await backup.take()
    assert where.stat().st_mode & 0o777 == 0o700
    files = {str(path.relative_to(where)): path.stat().st_mode & 0o777 for path in where.rglob("*") if path.is_file()}
    assert {"keys/media", "tracks/a.json"} <= files.keys()
    assert set(files.values()) == {0o600}


async def test_folders_that_several_servers_share_by_links_are_in_it(
    party: Party, backup: Backup, tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.json").write_text("{}")
    (tmp_path / "shared" / "out").symlink_to("/etc/hostname")
    (tmp_path / "data" / "exports").symlink_to(tmp_path / "shared")
    where, _ = await backup.take()
    assert [path.name for path in (where / "exports").iterdir()] == ["a.json"]


async def test_none_is_made_in_the_data_folder(party: Party, tmp_path: Path) -> None:
    within = tmp_path / "data" / "saved"
    with pytest.raises(StartRefused, match="is in the data folder, and would be lost with it: name another one"):
        await Backup(party.parts, within, nothing).take()
    assert not within.exists()


async def test_it_holds_no_path_of_the_data_folder(party: Party, backup: Backup, tmp_path: Path) -> None:
    await party.add("Ana")
    where, _ = await backup.take()
    written = [path for path in where.rglob("*") if path.is_file() and bytes(tmp_path) in path.read_bytes()]
    assert written == []


async def test_the_newest_stay(party: Party, backup: Backup, tmp_path: Path) -> None:
    (tmp_path / "saved" / "of somebody else").mkdir(parents=True)
    made = []
    for _ in range(4):
        made.append((await backup.take(keep=2))[0])
        party.clock.pass_s(1)
    assert backups(tmp_path / "saved") == made[-2:]
    assert (tmp_path / "saved" / "of somebody else").exists()


async def test_what_a_killed_one_left_is_no_backup_and_goes_with_the_next(backup: Backup, tmp_path: Path) -> None:
    left = tmp_path / "saved" / "unfinished"
    left.mkdir(parents=True)
    (left / "redis.jsonl").write_text("{")
    assert backups(tmp_path / "saved") == []
    where, _ = await backup.take()
    assert backups(tmp_path / "saved") == [where]
    assert not left.exists()


async def test_one_at_a_time(party: Party, backup: Backup, tmp_path: Path) -> None:
    other = Backup(party.parts, tmp_path / "saved", nothing)
    ended = await asyncio.gather(backup.take(), other.take(), return_exceptions=True)
    assert [isinstance(each, StartRefused) for each in ended] == [False, True]


async def test_one_that_fails_leaves_nothing(party: Party, backup: Backup, tmp_path: Path) -> None:
    (tmp_path / "data" / "api_queue.sqlite").write_bytes(b"SQLite format 3\0" + bytes(4096))
    with pytest.raises(StartRefused, match="is damaged"):
        await backup.take()
    assert [path.name for path in (tmp_path / "saved").iterdir()] == [".lock"]


async def test_under_load_each_queue_is_of_one_moment(party: Party, backup: Backup, tmp_path: Path) -> None:
    """Guests add while it is taken; what is put back agrees with itself, and is a state that there was."""
    parts = party.parts
    taking = asyncio.create_task(backup.take())
    added = []
    while not taking.done():
        placed = await asyncio.gather(*(party.add(f"Guest {number}", guest(f"g{number}")) for number in range(10)))
        added += [each.item.id for each in placed]
        await party.set(max_items=None)
    where, _ = await taking
    order = [item.id for item in (await party.view()).items]

    keys = RedisKeys(parts.redis)
    await keys.clear()
    await redis_file.load(keys, where / redis_file.NAME, 0, nothing)
    await check_index(parts.redis, X)
    kept = [item.id for item in (await party.view()).items]
    assert kept == order[: len(kept)]
    assert len(added) >= 10


async def test_a_queue_that_is_made_or_deleted_meanwhile_is_whole_or_not_there(party: Party, backup: Backup) -> None:
    parts = party.parts
    names = [f"q{number}" for number in range(40)]
    for name in names[:20]:
        await parts.queues.ensure(name, name)  # type: ignore[arg-type]
    taking = asyncio.create_task(backup.take())
    for gone, new in zip(names[:20], names[20:], strict=True):
        await parts.queues.delete(gone)  # type: ignore[arg-type]
        await parts.queues.ensure(new, new)  # type: ignore[arg-type]
    where, _ = await taking
    keys = RedisKeys(parts.redis)
    await keys.clear()
    await redis_file.load(keys, where / redis_file.NAME, 0, nothing)
    for name in await parts.queue_store.names():
        await check_index(parts.redis, name)
