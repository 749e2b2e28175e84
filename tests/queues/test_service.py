"""The verbs on queues: who makes which, settings that race, history across Redis and SQL, the end."""

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.errors import (
    AdminOnlySetting,
    BadCredential,
    BadQueueName,
    BadSetting,
    GuestQueuesOff,
    QueueExists,
    QueueMoved,
    RateLimited,
    ReservedQueueName,
    UnknownQueue,
    UnknownSetting,
)
from api_queue.queues import wire
from api_queue.queues.history import SqlHistory
from api_queue.queues.keys import NAMES, key
from api_queue.queues.service import QueueService
from api_queue.queues.settings import QueueSettings
from api_queue.queues.turns import TRIES
from api_queue.tracks.models import TagFilter
from api_queue.types import QueueKind, QueueName
from api_queue.web.identity import Presented
from tests.queues.builders import NOW, names
from tests.queues.party import ADMIN, HOST, Party, X, guest

HOUR_S = 3600


def service(party: Party, **settings: Any) -> QueueService:
    """As this server's, with other settings of the server."""
    parts = party.parts
    history, changed = SqlHistory(parts.engine), dataclasses.replace(parts.settings, **settings)
    stores = (parts.queue_store, parts.arrangements, history)
    return QueueService(*stores, parts.tokens, parts.limiter, parts.clock, changed)


# -- make and look ---------------------------------------------------------------------------------------------


async def test_a_queue_is_made_empty_with_its_settings(party: Party) -> None:
    made = await party.parts.queues.create("named", "hall", {"title": "Hall", "track_space": 3}, ADMIN)
    queue = made.queue
    assert (queue.name, queue.kind, queue.total, queue.created_at_ms) == ("hall", "named", 0, NOW)
    assert queue.settings == QueueSettings(title="Hall", track_space=3)
    assert queue.session.state == "stopped"


async def test_the_host_token_makes_a_host_of_this_queue_alone(party: Party) -> None:
    made = await party.parts.queues.create("transient", None, {}, guest())
    caller = await party.parts.resolver.resolve(Presented(None, made.host_token, "10.0.0.1"))
    assert (caller.role_on(made.queue.name), caller.role_on(X), caller.role_on(None)) == ("host", "guest", "guest")


@pytest.mark.parametrize("kind", ["demo", "transient"])
async def test_a_queue_without_a_name_gets_one_to_be_called_across_a_room(party: Party, kind: QueueKind) -> None:
    name = (await party.parts.queues.create(kind, None, {}, guest())).queue.name
    assert name.startswith(f"{kind}-")
    assert len(name) == len(kind) + 6
    assert name == name.lower()


@pytest.mark.parametrize(
    ("name", "error"),
    [("x", QueueExists), ("enqueue", ReservedQueueName), ("u_1", ReservedQueueName), ("No name", BadQueueName)],
)
async def test_a_name_that_cannot_be_had_makes_nothing(party: Party, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await party.parts.queues.create("named", name, {}, ADMIN)
    assert [queue.name for queue in await party.parts.queues.queues()] == [X]


async def test_bad_settings_make_nothing(party: Party) -> None:
    with pytest.raises(BadSetting, match="max_items"):
        await party.parts.queues.create("named", "hall", {"max_items": 0}, ADMIN)
    with pytest.raises(UnknownQueue):
        await party.parts.queues.queue(QueueName("hall"))


@pytest.mark.parametrize(("allowed", "kind"), [("demo", "demo"), ("on", "demo"), ("on", "transient")])
async def test_guests_make_what_the_server_allows(party: Party, allowed: str, kind: QueueKind) -> None:
    made = await service(party, queues_guest=allowed).create(kind, "mine", {}, guest())
    assert made.queue.kind == kind


@pytest.mark.parametrize(
    ("allowed", "kind"), [("off", "demo"), ("off", "transient"), ("demo", "transient"), ("on", "named")]
)
async def test_guests_make_nothing_else(party: Party, allowed: str, kind: QueueKind) -> None:
    with pytest.raises(GuestQueuesOff, match=f"{kind} queues"):
        await service(party, queues_guest=allowed).create(kind, "mine", {}, guest())


async def test_a_host_of_one_queue_is_a_guest_when_making_another(party: Party) -> None:
    with pytest.raises(GuestQueuesOff):
        await party.parts.queues.create("named", "hall", {}, HOST)


async def test_a_guest_makes_three_in_an_hour_and_an_admin_as_many_as_needed(party: Party) -> None:
    queues = party.parts.queues
    for _ in range(3):
        await queues.create("transient", None, {}, guest())
    with pytest.raises(RateLimited):
        await queues.create("transient", None, {}, guest())
    for _ in range(4):
        await queues.create("transient", None, {}, ADMIN)
    party.clock.pass_s(HOUR_S)
    await queues.create("transient", None, {}, guest())


async def test_what_is_refused_is_none_of_the_three(party: Party) -> None:
    # Given a guest who tries a name that is taken, a bad name and a bad setting, again and again
    queues = party.parts.queues
    for _ in range(3):
        for name, fields in (("x", {}), ("enqueue", {}), ("mine", {"max_items": 0}), ("mine", {"nope": 1})):
            with pytest.raises((QueueExists, ReservedQueueName, BadSetting, UnknownSetting)):
                await queues.create("transient", name, fields, guest())
    # Then all three are still theirs
    for _ in range(3):
        await queues.create("transient", None, {}, guest())


async def test_only_an_admin_opens_the_music_to_a_guests_queue(party: Party) -> None:
    with pytest.raises(AdminOnlySetting):
        await party.parts.queues.create("transient", "mine", {"guest_playback": True}, guest())
    with pytest.raises(AdminOnlySetting):
        await party.parts.queues.change_settings(X, {"guest_playback": True}, "host")
    assert (await party.parts.queues.change_settings(X, {"guest_playback": True}, "admin")).guest_playback


async def test_a_host_puts_all_settings_back_as_they_were(party: Party) -> None:
    # Given all settings of a queue whose music an admin opened, as they are read
    for given in (False, True):
        await party.parts.queues.change_settings(X, {"guest_playback": given}, "admin")
        fields = wire.settings_json((await party.view()).queue.settings)
        # When the host sends them with another title, then that is changed
        assert (await party.parts.queues.change_settings(X, fields | {"title": f"{given}"})).title == f"{given}"
        # And the one that is the admin's stays the admin's
        with pytest.raises(AdminOnlySetting):
            await party.parts.queues.change_settings(X, fields | {"guest_playback": not given})


@pytest.mark.parametrize(("asked", "given"), [({}, 10), ({"max_items": 50}, 10), ({"max_items": 4}, 4)])
async def test_a_demo_queue_holds_ten_at_most(party: Party, asked: dict[str, int], given: int) -> None:
    made = await party.parts.queues.create("demo", "trial", asked, guest())
    assert made.queue.settings.max_items == given
    changed = await party.parts.queues.change_settings(made.queue.name, {"max_items": None})
    assert changed.max_items == 10


async def test_ensuring_a_queue_twice_leaves_what_is_there(party: Party) -> None:
    await party.add("Ana")
    await party.set(track_space=3)
    await party.parts.queues.ensure(X, "Another title")
    view = await party.view()
    assert (view.queue.settings.title, view.queue.settings.track_space, names(view.items)) == ("X", 3, ["Ana"])


async def test_queues_are_listed_by_name_and_half_made_ones_passed_over(party: Party) -> None:
    # Given three queues, and a name whose making was cut off
    for name in ("b", "a"):
        await party.parts.queues.create("named", name, {}, ADMIN)
    await party.parts.redis.call("SADD", NAMES, "half")
    # When they are listed, then those that are there are
    assert [queue.name for queue in await party.parts.queues.queues()] == ["a", "b", "x"]


async def test_what_a_queue_offers_is_read_from_its_settings(party: Party) -> None:
    assert await party.parts.queues.filter_of(X) == TagFilter()
    await party.set(filter_tags=["lang:ja"], hidden_tags=["genre:metal"])
    assert await party.parts.queues.filter_of(X) == TagFilter.of(["lang:ja"], (), ["genre:metal"])


async def test_previews_are_a_setting(party: Party) -> None:
    assert not await party.parts.queues.previews_on(X)
    await party.set(preview=True)
    assert await party.parts.queues.previews_on(X)


# -- settings --------------------------------------------------------------------------------------------------


async def test_changed_settings_are_one_revision_and_are_told_in_full(party: Party) -> None:
    rev = (await party.view()).queue.rev
    await party.set(track_space=3, title="Hall")
    event = (await party.events())[-1]
    assert (event["name"], event["rev"], event["type"]) == ("settings_change", rev + 1, "settings")
    assert (event["settings"]["track_space"], event["settings"]["title"]) == (3, "Hall")
    assert set(event["settings"]) == set(QueueSettings.__struct_fields__)


async def test_settings_that_are_so_already_cost_no_revision(party: Party) -> None:
    rev = (await party.view()).queue.rev
    await party.set(track_space=15)
    assert (await party.view()).queue.rev == rev


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"track_space": 3, "max_items": -1}, BadSetting), ({"title": "T", "nope": 1}, UnknownSetting)],
)
async def test_one_bad_value_changes_nothing(party: Party, fields: Any, error: type[Exception]) -> None:
    before = (await party.view()).queue
    with pytest.raises(error):
        await party.set(**fields)
    assert (await party.view()).queue == before


async def test_two_who_change_different_settings_at_once_both_do(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given that another host writes between our reading and our writing
    store = party.parts.queue_store
    put = store.put_settings

    async def once_too_late(*args: Any) -> Any:
        monkeypatch.undo()
        queue = await store.queue(X)
        assert await put(X, replace(queue.settings, title="Theirs"), queue.settings_rev, NOW)
        return await put(*args)

    monkeypatch.setattr(store, "put_settings", once_too_late)
    # When we change another key, then both stand
    settings = await party.parts.queues.change_settings(X, {"track_space": 3})
    assert (settings.title, settings.track_space) == ("Theirs", 3)
    assert (await party.view()).queue.settings == settings


async def test_a_race_of_settings_that_is_always_lost_is_told(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    async def lost(*_: object) -> None:
        nonlocal tries
        tries += 1

    monkeypatch.setattr(party.parts.queue_store, "put_settings", lost)
    with pytest.raises(QueueMoved):
        await party.set(track_space=3)
    assert tries == TRIES


# -- the end ---------------------------------------------------------------------------------------------------


async def test_a_deleted_queue_leaves_nothing_to_its_successor(party: Party) -> None:
    # Given a queue with items, history, a muted guest and a host token
    made = await party.parts.queues.create("transient", "kitchen", {"history_length": 0}, guest())
    name = made.queue.name
    for performer in "AB":
        await party.parts.adding.add(name, party.tracks[0], performer, guest())
    await party.parts.transport.command(name, "play", {}, "host")
    await party.parts.transport.command(name, "next", {}, "host")
    await party.parts.queues.trim(name)
    # When it is deleted and one of the same name is made
    await party.parts.queues.delete(name)
    with pytest.raises(UnknownQueue):
        await party.parts.queues.queue(name)
    await party.parts.queues.create("transient", name, {}, guest())
    # Then that one is empty, and the old token is nobody's
    assert (await party.parts.queues.view(name)).items == ()
    assert await party.parts.queues.history(name) == []
    assert await party.parts.redis.call("EXISTS", key(name, "counts"), key(name, "played")) == 0
    with pytest.raises(BadCredential):
        await party.parts.resolver.resolve(Presented(None, made.host_token, "10.0.0.1"))


async def test_deleting_what_is_not_there_says_so(party: Party) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.queues.delete(QueueName("nowhere"))


@pytest.mark.parametrize("kind", ["demo", "transient"])
async def test_a_forgotten_queue_goes_after_its_retention(party: Party, kind: QueueKind) -> None:
    # Given a queue that stays two hours
    name = (await party.parts.queues.create(kind, "mine", {"retention": 2}, guest())).queue.name
    party.clock.pass_s(2 * HOUR_S - 1)
    assert not await party.parts.queues.expire(name)
    # When the last second is over, then it goes
    party.clock.pass_s(1)
    assert await party.parts.queues.expire(name)
    with pytest.raises(UnknownQueue):
        await party.parts.queues.queue(name)


async def test_every_change_keeps_a_queue_for_as_long_again(party: Party) -> None:
    name = (await party.parts.queues.create("transient", "mine", {"retention": 2}, guest())).queue.name
    party.clock.pass_s(2 * HOUR_S - 1)
    await party.parts.adding.add(name, party.tracks[0], "Ana", guest())
    party.clock.pass_s(1)
    assert not await party.parts.queues.expire(name)


async def test_a_named_queue_stays(party: Party) -> None:
    party.clock.pass_s(1e8)
    assert not await party.parts.queues.expire(X)
