"""What every store does with what is sent: order, ids, delay, looking, counting."""

from dataclasses import replace

import pytest

from api_queue.errors import MessageNotFound, MessageQueuesFull, MessageTooLarge
from api_queue.messages.models import Draft, Info
from api_queue.types import MessageId, MessageQueueName
from tests.messages.post import DEAD, OTHER, Post, Q, draft
from tests.queues.builders import NOW


async def test_an_unused_queue_is_there_and_empty(post: Post) -> None:
    assert await post.service.info(Q) == Info()
    assert await post.waiting() == []
    assert await post.receive() == []
    assert await post.service.existing(Q, [MessageId("a")]) == []
    await post.service.clear(Q)
    assert await post.service.info(Q) == Info()


async def test_the_order_is_that_of_sending_whatever_the_ids_are(post: Post) -> None:
    await post.send("z", "a", "10", "9")
    assert await post.waiting() == ["z", "a", "10", "9"]
    assert await post.names() == ["z", "a", "10", "9"]


async def test_who_names_no_id_gets_one_of_their_own(post: Post) -> None:
    first, second = await post.service.send(Q, Draft("{}"), Draft("{}"))
    assert first != second
    assert await post.waiting() == [first, second]


async def test_the_same_id_again_changes_nothing(post: Post) -> None:
    await post.send("a", "b")
    assert await post.service.send(Q, draft("a", {"other": 1})) == ["a"]
    assert await post.waiting() == ["a", "b"]
    assert (await post.service.message(Q, MessageId("a"))).body == '{"n": "a"}'


async def test_an_id_is_known_while_its_message_is_held_and_free_once_it_is_deleted(post: Post) -> None:
    await post.send("a")
    receipt = await post.receipt()
    await post.send("a")
    assert await post.counts() == (0, 1)
    await post.service.delete(Q, receipt)
    await post.send("a")
    assert await post.counts() == (1, 0)


async def test_queues_do_not_know_each_others_ids(post: Post) -> None:
    await post.send("a")
    await post.send("a", to=OTHER)
    assert await post.waiting(OTHER) == ["a"]


async def test_a_batch_is_sent_in_its_order_and_may_name_an_id_twice(post: Post) -> None:
    sent = await post.service.send(Q, draft("b"), draft("a"), draft("b", {"other": 1}))
    assert sent == ["b", "a", "b"]
    assert await post.waiting() == ["b", "a"]


async def test_bodies_come_back_to_the_letter(post: Post) -> None:
    body = '{"é🎤": [1.0, 12345678901234567890, "\\u0000|\\n"], "x":   null}'
    await post.service.send(Q, Draft(body, MessageId("a|b c/ü")))
    (message,) = await post.receive()
    assert (message.id, message.body) == ("a|b c/ü", body)


async def test_a_timestamp_stays_as_its_sender_wrote_it(post: Post) -> None:
    await post.service.send(Q, draft("a", timestamp="2026-01-17T10:00:00.123456"), draft("b"))
    (of_sender, of_ours) = (await post.service.look(Q, 0, 2)).messages
    assert of_sender.timestamp == "2026-01-17T10:00:00.123456"
    assert of_ours.timestamp == "2023-11-14T22:13:20.000+00:00"


async def test_a_delayed_message_comes_to_its_place_when_its_time_is_over(post: Post) -> None:
    await post.send("late", delay_s=5)
    await post.send("early")
    assert await post.waiting() == ["early"]
    assert await post.counts() == (1, 1)
    post.clock.pass_s(5)
    assert await post.counts() == (2, 0)
    assert await post.names(only_new=True) == ["late", "early"]


async def test_looking_takes_nothing(post: Post) -> None:
    await post.send("a", "b")
    before = await post.service.look(Q, 0, 10)
    assert before == await post.service.look(Q, 0, 10)
    assert [message.receive_count for message in before.messages] == [0, 0]
    assert await post.counts() == (2, 0)


@pytest.mark.parametrize("offset", range(8))
async def test_a_page_is_cut_out_of_new_ones_and_ones_that_came_back_in_order(post: Post, offset: int) -> None:
    for name in "abcdef":
        await post.send(name)
    await post.receive(3, visibility_s=1)
    post.clock.pass_s(1)
    page = await post.service.look(Q, offset, 2)
    assert ["abcdef"[offset : offset + 2], 6] == ["".join(message.id for message in page.messages), page.total]


async def test_many_whose_time_is_over_are_all_on_the_pages(post: Post) -> None:
    sent = [f"m{number}" for number in range(450)]
    for start in range(0, 450, 50):
        await post.service.send(Q, *map(draft, sent[start : start + 50]))
    assert [await post.names(90, visibility_s=1) for _ in range(5)]
    post.clock.pass_s(2)
    assert await post.counts() == (450, 0)
    assert await post.waiting(offset=400, limit=50) == sent[400:]
    assert await post.names(100) == sent[:100]


async def test_info_tells_sizes_in_bytes_and_when_something_changed(post: Post) -> None:
    await post.service.send(Q, draft("a", {"é": 1}), draft("b", {}))
    assert await post.service.info(Q) == Info(2, 0, len(b'{"\\u00e9": 1}{}'), 0, NOW, NOW)
    post.clock.pass_s(7)
    await post.service.update(Q, MessageId("b"), '{"ü":1}', None)
    assert await post.service.info(Q) == Info(2, 0, len(b'{"\\u00e9": 1}') + 8, 0, NOW, NOW + 7000)
    await post.service.delete_by_id(Q, MessageId("a"))
    assert (await post.service.info(Q)).size_bytes == 8


async def test_an_update_keeps_place_receipt_and_count_and_says_when(post: Post) -> None:
    await post.send("a", "b")
    (before,) = await post.receive(1)
    post.clock.pass_s(1)
    await post.service.update(Q, MessageId("a"), '{"new": 1}', None)
    after = await post.service.message(Q, MessageId("a"))
    assert after == replace(before, body='{"new": 1}', timestamp="2023-11-14T22:13:21.000+00:00")
    assert before.receipt
    post.clock.pass_s(30)
    assert await post.waiting() == ["a", "b"]


async def test_what_is_not_there_cannot_be_updated_or_deleted_or_shown(post: Post) -> None:
    for verb in (
        post.service.update(Q, MessageId("a"), "{}", None),
        post.service.delete_by_id(Q, MessageId("a")),
        post.service.message(Q, MessageId("a")),
    ):
        with pytest.raises(MessageNotFound) as refused:
            await verb
        assert refused.value.detail == "There is no message 'a' on the queue 'orders'."


async def test_existing_ids_are_told_in_the_order_of_the_question(post: Post) -> None:
    await post.send("a", "b", "c")
    await post.receive(1)
    await post.service.delete_by_id(Q, MessageId("b"))
    asked = [MessageId(name) for name in ("c", "b", "x", "a")]
    assert await post.service.existing(Q, asked) == ["c", "a"]


async def test_clearing_takes_the_held_and_the_delayed_too_but_no_dead_letters(post: Post) -> None:
    await post.die("dead")
    await post.send("a", "b")
    receipt = await post.receipt()
    await post.send("late", delay_s=5)
    await post.service.clear(Q)
    assert await post.counts() == (0, 0)
    assert not await post.store.delete(Q, receipt, post.clock.now_ms())
    assert await post.waiting(DEAD) == ["dead"]
    await post.send("a")
    assert await post.names() == ["a"]


async def test_a_message_that_is_too_large_is_refused_with_the_bound(post: Post) -> None:
    fits = f'{{"n":"{"é" * 496}"}}'
    assert len(fits.encode()) == 1000
    await post.service.send(Q, Draft(fits))
    for verb in (
        post.service.send(Q, Draft("{}"), Draft(fits + " ")),
        post.service.update(Q, MessageId("a"), fits + " ", None),
    ):
        with pytest.raises(MessageTooLarge) as refused:
            await verb
        assert refused.value.facts == {"size_bytes": 1001, "limit_bytes": 1000}
    assert await post.counts() == (1, 0)


async def test_there_are_so_many_queues_and_no_more(post: Post) -> None:
    for name in ("c", "a", "b", "a"):
        await post.send("m", to=MessageQueueName(name))
    with pytest.raises(MessageQueuesFull):
        await post.send("m", to=MessageQueueName("d"))
    await post.send("m2", to=MessageQueueName("c"))
    await post.send("letter", to=MessageQueueName("b.dead"))
    assert await post.service.queues() == ["a", "b", "c"]


async def test_the_servers_own_queues_are_on_no_list(post: Post) -> None:
    await post.send("m", to=MessageQueueName("_jobs.scan"))
    assert await post.service.queues() == []
