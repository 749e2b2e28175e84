"""Into a new folder, or over another: verified first, complete at the end, and never half."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import structs

from api_queue.errors import StartRefused
from api_queue.keeping import manifest as manifests
from api_queue.keeping.backup import Backup
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.parts import Parts
from api_queue.queues.models import Item, QueueView
from api_queue.serving import data_folder
from api_queue.serving.data_folder import locked, refuse_unfinished
from api_queue.serving.engines import engines
from api_queue.serving.preparing import prepare
from api_queue.serving.restoring import Restored, restore
from api_queue.settings import Settings
from api_queue.types import MessageQueueName
from tests.house import house_settings
from tests.queues.agreement import check_index
from tests.queues.party import Party, X


def nothing(*_: object) -> None:
    pass


def settings_of(folder: Path) -> Settings:
    return house_settings("", folder)


async def put_back(saved: Path, data: Path, *, over: bool = False) -> Restored:
    return await asyncio.to_thread(restore, settings_of(data), saved, nothing, over=over)


async def test_a_new_machine_has_the_same_queue_and_the_session_waits_where_it_was(
    party: Party, backup: Backup, tmp_path: Path
) -> None:
    await party.add_all("ABC")
    await party.press("play")
    party.clock.pass_s(20)
    before = await party.view()
    where, _ = await backup.take()

    restored = await put_back(where.parent, tmp_path / "new")
    assert restored.report.standing == []
    assert restored.aside is None
    after, history = await asyncio.to_thread(looked_at, tmp_path / "new", party)
    # Equal, but for the session, and its one change
    assert [item.as_line() for item in after.items] == [item.as_line() for item in before.items]
    assert (after.queue.session.state, after.queue.session.paused_because) == ("paused", "restart")
    assert after.queue.session.position_ms == before.queue.session.projected_ms(party.clock.now_ms())
    assert after.queue.rev == before.queue.rev + 1
    assert history == []


def looked_at(data: Path, party: Party) -> tuple[QueueView, Sequence[Item]]:
    """The queue `x` of another data folder, whose keys agree."""

    async def look(settings: Settings) -> tuple[QueueView, Sequence[Item]]:
        parts = Parts(settings, party.clock)
        try:
            await check_index(parts.redis, X)
            return await parts.queues.view(X), await parts.queues.history(X)
        finally:
            await parts.close()

    with engines(settings_of(data)) as settings:
        return asyncio.run(look(settings))


async def test_a_damaged_file_is_named_and_nothing_is_changed(party: Party, backup: Backup, tmp_path: Path) -> None:
    assert party.parts.media  # makes a key
    where, manifest = await backup.take()
    for name in (*(file.path for file in manifest.files), "manifest.json"):
        file = where / name
        whole = file.read_bytes()
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        with pytest.raises(StartRefused, match=rf"file {re.escape(name)} is damaged"):
            await put_back(where, tmp_path / "new")
        file.write_bytes(whole)
    (where / "keys" / "media").unlink()
    with pytest.raises(StartRefused, match="file keys/media cannot be read"):
        await put_back(where, tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_what_is_no_backup_or_of_a_newer_server_is_refused(backup: Backup, tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="There is no backup in"):
        await put_back(tmp_path, tmp_path / "new")
    where, manifest = await backup.take()
    (where / "manifest.json").unlink()
    manifests.write(where, structs.replace(manifest, format=manifests.FORMAT + 1, version="9.0"))
    with pytest.raises(StartRefused, match=r"saved by api_queue 9\.0, which is newer"):
        await put_back(where, tmp_path / "new")


async def test_where_there_is_data_it_asks_for_over_and_puts_it_aside(backup: Backup, tmp_path: Path) -> None:
    where, _ = await backup.take()
    new = tmp_path / "new"
    new.mkdir()
    (new / "mine").write_text("precious")
    with pytest.raises(StartRefused, match="is not empty"):
        await put_back(where, new)
    assert [path.name for path in new.iterdir() if path.name != "lock"] == ["mine"]
    restored = await put_back(where, new, over=True)
    assert restored.aside is not None
    assert (restored.aside / "mine").read_text() == "precious"
    again = await put_back(where, new, over=True)
    assert again.aside is not None
    assert again.aside != restored.aside
    assert (again.aside / "api_queue.sqlite").exists()


async def test_a_server_that_runs_is_not_restored_over(
    backup: Backup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, _ = await backup.take()
    monkeypatch.setattr(data_folder, "PATIENCE_S", 0)
    with locked(tmp_path / "new"), pytest.raises(StartRefused, match="Another server uses the data folder"):
        await put_back(where, tmp_path / "new", over=True)


async def test_nor_a_redis_that_a_server_works_with_or_that_holds_anything(
    party: Party, backup: Backup, redis_url: str, tmp_path: Path
) -> None:
    where, _ = await backup.take()
    settings = house_settings(redis_url, tmp_path / "new")
    with pytest.raises(StartRefused, match="This Redis holds a server's queues"):
        await asyncio.to_thread(restore, settings, where, nothing, over=False)
    lease = party.parts.lease("relay", 60_000)
    assert await lease.acquire()
    with pytest.raises(StartRefused, match="A server works with this Redis"):
        await asyncio.to_thread(restore, settings, where, nothing, over=True)


async def test_into_a_redis_of_ones_own(party: Party, backup: Backup, redis_url: str, tmp_path: Path) -> None:
    ids = [placed.item.id for placed in [await party.add("Ana"), await party.add("Bob")]]
    where, _ = await backup.take()
    await party.add("Too late")
    await party.parts.redis.call("SET", "somebody:else", "1")
    settings = house_settings(redis_url, tmp_path / "new")
    await asyncio.to_thread(restore, settings, where, nothing, over=True)
    assert [item.id for item in (await party.view()).items] == ids
    await check_index(party.parts.redis, X)
    assert await party.parts.redis.call("GET", "somebody:else") == "1"
    assert not await RedisKeys(party.parts.redis).unfinished()


async def test_what_a_killed_restore_left_is_not_served_and_can_be_begun_again(backup: Backup, tmp_path: Path) -> None:
    where, _ = await backup.take()
    new = tmp_path / "new"
    (new / "restoring" / "redis").mkdir(parents=True)
    with pytest.raises(StartRefused, match="did not end: begin it again, with --over"):
        refuse_unfinished(new)
    with pytest.raises(StartRefused, match="did not end"), engines(settings_of(new)):
        pass
    await put_back(where, new, over=True)
    refuse_unfinished(new)
    with engines(settings_of(new)) as settings:
        assert settings.redis_url


async def test_the_redis_of_a_server_that_was_killed_is_waited_for(backup: Backup, tmp_path: Path) -> None:
    """Its address is there, and it holds the lock until it has ended."""
    data = tmp_path / "data"
    (data / "redis").mkdir(exist_ok=True)
    (data / "redis" / "url").write_text(f"unix://{data}/redis/gone.sock")

    def opened() -> str:
        with engines(settings_of(data)) as settings:
            return settings.redis_url

    with locked(data):
        opening = asyncio.create_task(asyncio.to_thread(opened))
        await asyncio.sleep(0.1)
    assert "gone" not in await opening


async def test_a_redis_that_was_half_filled_is_neither_served_nor_saved(party: Party, backup: Backup) -> None:
    await RedisKeys(party.parts.redis).begin()
    with pytest.raises(StartRefused, match="did not end"):
        await prepare(party.parts.settings, own_redis=True)
    with pytest.raises(StartRefused, match="did not end"):
        await backup.take()
    await RedisKeys(party.parts.redis).end()


async def test_messages_go_to_where_the_settings_have_them(party: Party, backup: Backup, tmp_path: Path) -> None:
    messages = party.parts.sqlite_messages
    await messages.register(MessageQueueName("lamps"), 10)
    await party.parts.json_messages.register(MessageQueueName("bots"), 10)
    where, _ = await backup.take()
    own = {"messages_sqlite_file": str(tmp_path / "m" / "own.db"), "messages_json_folder": str(tmp_path / "m" / "json")}
    settings = house_settings("", tmp_path / "new", **own)
    await asyncio.to_thread(restore, settings, where, nothing, over=False)
    there = Parts(settings)
    assert await there.sqlite_messages.queues() == ["lamps"]
    assert await there.json_messages.queues() == ["bots"]
    await there.close()
