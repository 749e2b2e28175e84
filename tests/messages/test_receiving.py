"""What every store does for those who receive: hiding, receipts, consumers, dead letters."""

import asyncio

import pytest

from api_queue.errors import ReceiptVoid
from api_queue.messages.models import CONSUMERS_KEPT
from api_queue.messages.names import message_id
from api_queue.types import MessageId, Receipt
from tests.messages.post import DEAD, RECEIVE_MAX, Post, Q, draft


async def test_a_receiver_gets_the_first_as_many_as_asked_for(post: Post) -> None:
    await post.send("a", "b", "c")
    assert await post.names(2) == ["a", "b"]
    assert await post.names(2) == ["c"]
    assert await post.names(2) == []


async def test_what_is_received_is_hidden_under_a_receipt(post: Post) -> None:
    await post.send("a")
    (message,) = await post.receive(visibility_s=7)
    assert (message.receive_count, message.visible_at_ms) == (1, post.clock.ms + 7000)
    assert message.receipt
    assert await post.service.message(Q, MessageId("a")) == message
    assert await post.counts() == (0, 1)
    assert await post.waiting() == []


async def test_who_does_not_say_for_how_long_has_what_the_limits_say(post: Post) -> None:
    await post.send("a")
    (message,) = await post.receive()
    assert message.visible_at_ms == post.clock.ms + 30_000


async def test_when_its_time_is_over_it_is_back_in_its_place_by_itself(post: Post) -> None:
    await post.send("a", "b", "c")
    await post.receive(2, visibility_s=5)
    post.clock.pass_s(4.999)
    assert await post.counts() == (1, 2)
    post.clock.pass_s(0.001)
    assert await post.counts() == (3, 0)
    shown = await post.service.message(Q, MessageId("a"))
    assert (shown.receipt, shown.is_hidden(post.clock.ms), shown.receive_count) == (None, False, 1)
    assert await post.waiting() == ["a", "b", "c"]
    assert await post.names() == ["a", "b", "c"]


async def test_very_many_whose_time_is_over_are_back_in_their_order(post: Post) -> None:
    sent = [f"m{number}" for number in range(1200)]
    for start in range(0, 1200, 100):
        await post.service.send(Q, *map(draft, sent[start : start + 100]))
    for seconds in range(12, 0, -1):  # those that were sent first are hidden for longest
        assert len(await post.receive(100, visibility_s=seconds)) == 100
    post.clock.pass_s(12)
    assert await post.names(100) == sent[:100]


async def test_the_holder_deletes(post: Post) -> None:
    await post.send("a", "b")
    await post.service.delete(Q, await post.receipt())
    assert await post.service.existing(Q, [MessageId("a"), MessageId("b")]) == ["b"]
    post.clock.pass_s(60)
    assert await post.names() == ["b"]


async def test_only_the_newest_receipt_is_good(post: Post) -> None:
    await post.send("a")
    old = await post.receipt(visibility_s=5)
    post.clock.pass_s(5)
    new = await post.receipt(visibility_s=5)
    assert old != new
    await refused(post, old)
    await post.service.delete(Q, new)
    await refused(post, new)


async def test_a_receipt_whose_time_is_over_is_void_though_nobody_received_since(post: Post) -> None:
    await post.send("a")
    receipt = await post.receipt(visibility_s=5)
    post.clock.pass_s(5)
    await refused(post, receipt)
    assert await post.counts() == (1, 0)


async def test_a_receipt_is_of_one_queue(post: Post) -> None:
    await post.send("a")
    receipt = await post.receipt()
    assert not await post.store.delete(DEAD, receipt, post.clock.ms)
    await refused(post, Receipt("receipt_of_nothing"))


async def refused(post: Post, receipt: Receipt) -> None:
    with pytest.raises(ReceiptVoid):
        await post.service.delete(Q, receipt)
    with pytest.raises(ReceiptVoid):
        await post.service.extend(Q, receipt, 10)


async def test_the_holder_may_take_longer(post: Post) -> None:
    await post.send("a")
    receipt = await post.receipt(visibility_s=5)
    post.clock.pass_s(4)
    assert await post.service.extend(Q, receipt, 10) == post.clock.ms + 10_000
    post.clock.pass_s(9)
    assert await post.counts() == (0, 1)
    await post.service.delete(Q, receipt)


async def test_the_holder_may_give_it_back(post: Post) -> None:
    await post.send("a", "b")
    receipt = await post.receipt()
    await post.service.extend(Q, receipt, 0)
    await refused(post, receipt)
    assert await post.names() == ["a", "b"]


async def test_what_is_deleted_as_it_is_received_is_gone_and_nothing_else_is(post: Post) -> None:
    await post.send("a", "b", "c")
    (message,) = await post.receive(1, delete=True)
    assert (message.id, message.receive_count, message.receipt) == ("a", 1, None)
    assert await post.counts() == (2, 0)
    assert (await post.service.info(Q)).size_bytes == 2 * len('{"n": "b"}')


async def test_only_new_ones_are_those_that_nobody_had(post: Post) -> None:
    await post.send("a", "b")
    await post.receive(1, visibility_s=1)
    post.clock.pass_s(1)
    assert await post.names(only_new=True) == ["b"]
    assert await post.names() == ["a"]


# -- consumers -------------------------------------------------------------------------------------------------


async def test_a_consumer_gets_nothing_twice_and_each_gets_all(post: Post) -> None:
    await post.send("a", "b", "c")
    for consumer in ("ana", "bo"):
        assert await post.names(2, consumer_id=consumer, visibility_s=1) == ["a", "b"]
        post.clock.pass_s(1)
        assert await post.names(2, consumer_id=consumer, visibility_s=1) == ["c"]
        post.clock.pass_s(1)
        assert await post.names(2, consumer_id=consumer) == []
    assert await post.counts() == (3, 0)


async def test_the_name_of_a_consumer_is_no_part_of_another_name(post: Post) -> None:
    await post.send("a")
    await post.receive(1, consumer_id="anabel", visibility_s=1)
    post.clock.pass_s(1)
    assert await post.names(consumer_id="ana") == ["a"]


async def test_a_consumer_finds_the_one_that_is_new_to_them_behind_very_many(post: Post) -> None:
    for start in range(0, 1200, 100):
        await post.service.send(Q, *(draft(f"m{number}") for number in range(start, start + 100)))
    for _ in range(12):
        assert len(await post.receive(100, consumer_id="ana", visibility_s=60)) == 100
    await post.send("new")
    assert await post.names(1, consumer_id="bo", visibility_s=50) == ["new"]
    post.clock.pass_s(60)
    assert len(await post.receive(1, visibility_s=60)) == 1
    assert await post.names(2, consumer_id="ana") == ["new"]


async def test_a_message_remembers_so_many_consumers_and_forgets_the_first(post: Post) -> None:
    await post.send("a", to=DEAD)
    for number in range(CONSUMERS_KEPT + 1):
        assert await post.names(1, DEAD, consumer_id=f"c{number}", visibility_s=1) == ["a"]
        post.clock.pass_s(1)
    assert await post.names(1, DEAD, consumer_id="c1") == []
    assert await post.names(1, DEAD, consumer_id="c0") == ["a"]


# -- dead letters ----------------------------------------------------------------------------------------------


async def test_what_was_received_too_often_is_a_dead_letter_with_the_reason(post: Post) -> None:
    await post.send("bad", "good")
    for _ in range(RECEIVE_MAX):
        assert await post.names(1, visibility_s=1) == ["bad"]
        post.clock.pass_s(1)
    assert await post.names(1) == ["good"]
    (letter,) = (await post.service.dead_letters(Q, 0, 10)).messages
    assert (letter.id, letter.receive_count, letter.body) == ("bad", RECEIVE_MAX, '{"n": "bad"}')
    assert letter.death
    assert (letter.death.at_ms, letter.death.reason) == (post.clock.ms, "Received 3 times and never deleted.")
    assert (await post.service.info(Q)).dead_letters == 1


async def test_very_many_that_die_at_once_hide_none_that_lives(post: Post) -> None:
    for start in range(0, 300, 100):
        await post.service.send(Q, *(draft(f"m{number}") for number in range(start, start + 100)))
    for _ in range(RECEIVE_MAX):
        assert [len(await post.receive(100, visibility_s=1)) for _ in range(3)] == [100, 100, 100]
        post.clock.pass_s(1)
    await post.send("alive")
    assert await post.names(1) == ["alive"]
    assert (await post.service.info(Q)).dead_letters == 300


async def test_a_dead_letter_is_a_message_of_its_own_queue_and_dies_no_more(post: Post) -> None:
    await post.die("a")
    for _ in range(2 * RECEIVE_MAX):
        assert await post.names(1, DEAD, visibility_s=1) == ["a"]
        post.clock.pass_s(1)
    await post.service.delete(DEAD, await post.receipt(DEAD))
    assert await post.counts(DEAD) == (0, 0)


async def test_dead_letters_come_back_to_the_end_as_if_nobody_had_received_them(post: Post) -> None:
    await post.die("a", "b", "c")
    await post.send("d")
    assert await post.service.redrive(Q, 2) == 2
    assert await post.waiting() == ["d", "a", "b"]
    again = await post.service.message(Q, MessageId("a"))
    assert (again.receive_count, again.death) == (0, None)
    assert await post.service.redrive(DEAD) == 1
    assert await post.service.redrive(Q) == 0
    assert await post.waiting() == ["d", "a", "b", "c"]


async def test_a_dead_letter_that_somebody_looks_into_stays(post: Post) -> None:
    await post.die("a", "b")
    assert await post.names(1, DEAD) == ["a"]
    assert await post.service.redrive(Q) == 1
    assert await post.waiting() == ["b"]
    assert (await post.service.info(Q)).dead_letters == 1


async def test_the_id_of_a_dead_letter_is_known_on_its_queue_and_the_other_way_round(post: Post) -> None:
    await post.die("a")
    await post.send("a")
    assert await post.counts() == (0, 0)
    await post.send("b")
    await post.send("b", to=DEAD)
    assert await post.waiting(DEAD) == ["a"]


# -- many at once ----------------------------------------------------------------------------------------------


async def test_two_receivers_never_hold_the_same_message(post: Post) -> None:
    sent = [f"m{number}" for number in range(200)]
    for start in range(0, 200, 10):
        await post.service.send(Q, *map(draft, sent[start : start + 10]))
    hauls = await asyncio.gather(*(post.names(7) for _ in range(32)))
    got = [name for haul in hauls for name in haul]
    assert sorted(got) == sorted(sent)


@pytest.mark.parametrize("text", ["", "x" * 201, "a\nb", "\x00", "\ud800"])
def test_what_no_address_can_have_in_it_is_no_id(text: str) -> None:
    with pytest.raises(Exception, match="1 to 200 characters"):
        message_id(text)
