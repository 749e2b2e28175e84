"""The history of a queue, across the list in Redis and what left it to SQL."""

import pytest

from tests.queues.agreement import check_index
from tests.queues.builders import names
from tests.queues.party import Party, X


async def played(party: Party, performers: str, *, history_length: int = 1) -> None:
    """All but the last are over, the last one plays."""
    await party.set(history_length=history_length)
    await party.add_all(performers)
    await party.press("play")
    for _ in performers[1:]:
        await party.press("next")


async def test_the_history_is_what_is_over_oldest_first(party: Party) -> None:
    await party.add_all("ABC")
    await party.press("play")
    await party.press("skip")
    await party.press("next")
    told = await party.parts.queues.history(X)
    assert [(item.performer_name, item.status) for item in told] == [("A", "skipped"), ("B", "played")]


async def test_a_trim_leaves_as_many_as_the_setting_says_and_loses_none(party: Party) -> None:
    # Given four that are over and one that plays, where one may stay
    await played(party, "ABCDE")
    # When the list is trimmed
    await party.parts.queues.trim(X)
    # Then one stays before the one that plays, and the history still knows all in order
    assert names((await party.view()).items) == ["D", "E"]
    assert names(await party.parts.queues.history(X)) == ["A", "B", "C", "D"]
    await check_index(party.parts.redis, X)


async def test_a_trim_tells_screens_what_went(party: Party) -> None:
    await played(party, "ABC")
    oldest = (await party.view()).items[0]
    await party.parts.queues.trim(X)
    event = (await party.events())[-1]
    assert (event["name"], event["changes"]) == ("items_change", [{"op": "remove", "id": oldest.id}])


async def test_a_list_that_is_short_enough_is_left_alone(party: Party) -> None:
    await played(party, "ABC", history_length=2)
    rev = (await party.view()).queue.rev
    await party.parts.queues.trim(X)
    assert (await party.view()).queue.rev == rev


async def test_of_a_stopped_queue_nothing_more_than_what_is_over_goes(party: Party) -> None:
    # Given two that are over and one that went back to wait
    await played(party, "ABC", history_length=0)
    await party.press("stop")
    await party.parts.queues.trim(X)
    assert names((await party.view()).items) == ["C"]
    assert names(await party.parts.queues.history(X)) == ["A", "B"]


async def test_a_crash_between_sql_and_redis_repeats_nothing(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a trim that wrote the history and died before the list was cut
    await played(party, "ABCD")

    async def died(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(party.parts.queue_store, "trim", died)
        with pytest.raises(ConnectionError):
            await party.parts.queues.trim(X)
    # Then the history tells each item once, before and after the next trim
    assert names(await party.parts.queues.history(X)) == ["A", "B", "C"]
    await party.parts.queues.trim(X)
    assert names(await party.parts.queues.history(X)) == ["A", "B", "C"]
    assert names((await party.view()).items) == ["C", "D"]


async def test_a_limit_of_the_history_takes_the_newest(party: Party) -> None:
    await played(party, "ABCDE")
    await party.parts.queues.trim(X)
    assert names(await party.parts.queues.history(X, 2)) == ["C", "D"]


async def test_what_may_come_back_stays_and_what_is_older_than_it_goes(party: Party) -> None:
    # Given one that was played, one that was skipped and two after it
    await party.set(history_length=1)
    await party.add_all("ABCDE")
    await party.press("play")
    for command in ("next", "skip", "next", "next"):
        await party.press(command)
    # While the skip can be undone, then only what is before it is moved; a minute later all that is too old
    await party.parts.queues.trim(X)
    assert names((await party.view()).items) == list("BCDE")
    party.clock.pass_s(61)
    await party.parts.queues.trim(X)
    assert names((await party.view()).items) == list("DE")
