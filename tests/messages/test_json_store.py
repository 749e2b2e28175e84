"""What a human finds in the folder of the store in JSON, and may do there."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadBody, MessagesDamaged
from api_queue.messages.json_file import QueueFile, decoded, encoded, entry_of, unused
from api_queue.messages.models import Death, Message
from api_queue.types import MessageId, MessageQueueName
from tests.messages.in_files import NOW_MS, Q, file_store, message, names_there, take

FILE = "messages/orders.json"


async def test_a_queue_is_one_file_with_a_line_for_each_message(tmp_path: Path) -> None:
    async with file_store("json", tmp_path) as store:
        await store.send(Q, [message("a", '{"n":  1.0}'), message("b")], NOW_MS)
        await store.send(MessageQueueName("orders.dead"), [message("c")], NOW_MS + 1)
    assert (tmp_path / FILE).read_text() == (
        '{"queue": "orders",\n'
        '"live": {"created_at_ms": 1700000000000, "changed_at_ms": 1700000000000, "messages": [\n'
        '{"id":"a","timestamp":"2026-01-17T10:00:00","body":{"n":  1.0}},\n'
        '{"id":"b","timestamp":"2026-01-17T10:00:00","body":{}}\n'
        "]},\n"
        '"dead": {"created_at_ms": 1700000000001, "changed_at_ms": 1700000000001, "messages": [\n'
        '{"id":"c","timestamp":"2026-01-17T10:00:00","body":{}}\n'
        "]}}\n"
    )


async def test_a_human_may_mend_the_file(tmp_path: Path) -> None:
    async with file_store("json", tmp_path) as store:
        await store.send(Q, [message("a"), message("b")], NOW_MS)
        by_hand = json.loads((tmp_path / FILE).read_text())
        by_hand["live"]["messages"].reverse()
        (tmp_path / FILE).write_text(json.dumps(by_hand, indent=4))
        (first,) = (await store.receive(Q, take(1), NOW_MS)).messages
        assert first.id == "b"
        assert await names_there(store) == ["b", "a"]


@pytest.mark.parametrize(
    ("mistake", "reason"),
    [
        (("", ""), "Input data was truncated"),
        (('"body"', '"boddy"'), "unknown field `boddy`"),
        (('"id": 1', '"id": 1'), "Expected `str`, got `int`"),
        (('"orders"', '"Orders"'), "it belongs to the queue 'Orders'"),
    ],
)
async def test_a_mistake_of_a_human_is_named(tmp_path: Path, mistake: tuple[str, str], reason: str) -> None:
    good = '{"queue": "orders", "live": {"messages": [{"id": "a", "timestamp": "", "body": {}}]}, "dead": {}}'
    text = good.replace(*mistake) if mistake[0] else ""
    text = text.replace('"a"', "1") if "int" in reason else text
    (tmp_path / "messages").mkdir()
    (tmp_path / FILE).write_text(text)
    async with file_store("json", tmp_path) as store:
        with pytest.raises(MessagesDamaged) as refused:
            await store.receive(Q, take(1), NOW_MS)
    assert reason in refused.value.detail
    assert "'orders.json'" in refused.value.detail
    assert (tmp_path / FILE).read_text() == text


async def test_a_damaged_list_of_queues_is_named(tmp_path: Path) -> None:
    async with file_store("json", tmp_path) as store:
        await store.register(Q, 10)
        (tmp_path / "messages" / "queues.txt").write_bytes(b"\xff")
        with pytest.raises(MessagesDamaged, match=r"'queues\.txt'"):
            await store.queues()
        with pytest.raises(MessagesDamaged):
            await store.register(Q, 10)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"n": NaN}', "malformed"),
        ('{"n": 1}]}', "malformed"),
        ('{"n":' * 990 + "1" + "}" * 990, "nested too deeply"),
        ('{"n":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
    ],
)
async def test_what_would_damage_the_file_is_refused(tmp_path: Path, body: str, reason: str) -> None:
    async with file_store("json", tmp_path) as store:
        await store.send(Q, [message("a")], NOW_MS)
        for verb in (
            store.send(Q, [message("b", body)], NOW_MS),
            store.update(Q, MessageId("a"), body, "", NOW_MS),
        ):
            with pytest.raises(BadBody, match=reason):
                await verb
        assert [each.body async for each in store.every(Q)] == ["{}"]


@pytest.mark.parametrize("name", ["a", "A.b-c_d", "x" * 80, "queues.txt", "queue.lock", "q.json", "0.dead.x"])
async def test_any_name_of_a_queue_is_a_file_of_its_own(tmp_path: Path, name: str) -> None:
    queue = MessageQueueName(name)
    async with file_store("json", tmp_path) as store:
        await store.register(Q, 10)
        await store.send(queue, [message("a")], NOW_MS)
        await store.send(Q, [message("b")], NOW_MS)
        assert [each.id async for each in store.every(queue)] == ["a"]
        assert await store.queues() == [Q]


async def test_a_verb_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    async with file_store("json", tmp_path) as store:
        await store.send(Q, [message("a")], NOW_MS)
        before = (tmp_path / FILE).stat()
        await store.send(Q, [message("a", '{"other": 1}')], NOW_MS + 1)
        await store.delete_by_id(Q, MessageId("b"), NOW_MS + 1)
        await store.receive(MessageQueueName("orders.dead"), take(1), NOW_MS)
    after = (tmp_path / FILE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


bodies = st.dictionaries(st.text(), st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text())
letters = st.text(st.characters(exclude_categories=["Cs"]))
stored = st.builds(
    Message,
    id=letters,
    body=bodies.map(lambda body: json.dumps(body, indent=1)),
    timestamp=letters,
    receive_count=st.integers(0, 1 << 40),
    visible_at_ms=st.integers(0, 1 << 50),
    death=st.none() | st.builds(Death, st.integers(0, 1 << 50), letters),
)


@given(st.lists(stored), st.lists(stored))
def test_what_is_written_is_read_again_to_the_letter(live: list[Message], dead: list[Message]) -> None:
    file = unused(Q)
    file.live.append([entry_of(each) for each in live], NOW_MS)
    file.dead.append([entry_of(each) for each in dead], NOW_MS)
    again: QueueFile = decoded(encoded(file), Q)
    assert again == file
    assert [entry.message() for entry in again.live.messages] == live
    assert [entry.message() for entry in again.dead.messages] == dead
