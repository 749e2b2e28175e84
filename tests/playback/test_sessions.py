"""The session of a queue and its one speaker, through a whole server."""

import asyncio
from typing import Any

import httpx
import pytest

from api_queue.queues.keys import key
from api_queue.types import QueueName
from tests.house import House

ALIAS = "KAT_TUN_Your_side_Instrumental_"


async def add(client: httpx.AsyncClient) -> dict[str, Any]:
    body = {"track_id": ALIAS, "performer_name": "Ana"}
    return (await client.post("/queue/party/items", json=body)).json()  # type: ignore[no-any-return]


async def claim(host: httpx.AsyncClient, device: str, **more: Any) -> httpx.Response:
    """After the device was registered, if it is not."""
    known = {known["device_id"] for known in (await host.get("/devices", params={"queue": "party"})).json()["devices"]}
    if device not in known:
        await host.post("/devices/register", json={"queue": "party", "device_id": device, "device_name": device})
    return await host.post("/sessions/party/speaker", json={"device_id": device, **more})


async def test_a_session_is_told_under_both_kinds_of_names(house: House) -> None:
    async with house.admin() as host:
        await add(host)
        session = (await host.post("/sessions/party/play")).json()
    assert session["session_id"] == "party"
    assert session["track_id"] == session["track_uuid"]
    assert session["play_state"] == "playing"
    assert {"revision", "position_ms", "duration_ms", "updated_at", "shuffle", "repeat_mode"} <= session.keys()


async def test_the_position_is_projected_to_the_moment_of_asking(house: House) -> None:
    async with house.admin() as host:
        await add(host)
        await host.post("/sessions/party/play")
        first = (await host.post("/sessions/party/seek", json={"position_ms": 4000})).json()
        second = (await host.get("/sessions/party")).json()
    elapsed = second["position_at_ms"] - first["position_at_ms"]
    assert second["position_ms"] - first["position_ms"] == elapsed


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"position_ms": -1}, "bad_seek"),
        ({"position_ms": 10**9}, "bad_seek"),
        ({"position_ms": "soon"}, "bad_body"),
        ({}, "bad_body"),
    ],
)
async def test_a_seek_that_does_not_fit_is_refused(house: House, body: dict[str, Any], code: str) -> None:
    async with house.admin() as host:
        await add(host)
        before = (await host.post("/sessions/party/play")).json()
        answer = await host.post("/sessions/party/seek", json=body)
        after = (await host.get("/sessions/party")).json()
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert after["revision"] == before["revision"]


async def test_next_and_prev_at_the_ends_change_nothing(house: House) -> None:
    async with house.admin() as host:
        before = (await host.get("/sessions/party")).json()["revision"]
        for verb in ("next", "prev", "stop", "pause"):
            assert (await host.post(f"/sessions/party/{verb}")).json()["revision"] == before


async def test_one_of_two_players_is_the_speaker_and_the_other_is_told_who(house: House) -> None:
    async with house.admin() as host:
        first = (await claim(host, "kitchen", if_free=True)).json()
        second = await claim(host, "garden", if_free=True)
        assert (first["active_device_id"], first["generation"]) == ("kitchen", 1)
        assert (second.status_code, second.json()["code"], second.json()["speaker"]) == (
            409,
            "speaker_taken",
            "kitchen",
        )
        taken = (await claim(host, "garden")).json()
        assert (taken["active_device_id"], taken["generation"]) == ("garden", 2)


async def test_the_heartbeat_of_a_replaced_player_is_refused(house: House) -> None:
    async with house.admin() as host:
        await claim(host, "kitchen")
        beat = {"queue": "party", "device_id": "kitchen", "generation": 1}
        pulse = (await host.patch("/devices/heartbeat", json=beat)).json()
        assert pulse["active"] is True
        assert 14_000 < pulse["lease_until_ms"] - pulse["clock_ms"] <= 15_000
        await claim(host, "garden")
        stale = await host.patch("/devices/heartbeat", json=beat)
    assert (stale.status_code, stale.json()["code"], stale.json()["current"]) == (409, "stale_generation", 2)


async def test_a_report_of_an_old_generation_changes_nothing(house: House) -> None:
    async with house.admin() as host:
        item = await add(host)
        await host.post("/sessions/party/play")
        await claim(host, "kitchen")
        await claim(host, "garden")
        before = (await host.get("/sessions/party")).json()["revision"]
        old = await host.post("/sessions/party/ended", json={"item_id": item["id"], "generation": 1})
        assert (old.status_code, old.json()["code"]) == (409, "stale_generation")
        assert (await host.get("/sessions/party")).json()["revision"] == before
        ended = await host.post("/sessions/party/ended", json={"item_id": item["id"], "generation": 2})
        again = await host.post("/sessions/party/ended", json={"item_id": item["id"], "generation": 2})
    assert ended.json()["play_state"] == "stopped"
    assert again.json()["revision"] == ended.json()["revision"]


async def test_a_switch_in_the_middle_of_a_track_goes_on_at_the_projected_position(house: House) -> None:
    # Given a track that plays in the kitchen
    async with house.admin() as host:
        await add(host)
        await host.post("/sessions/party/play")
        await claim(host, "kitchen")
        before = (await host.post("/sessions/party/seek", json={"position_ms": 9000})).json()
        # When the garden is chosen, then it waits for the kitchen, and time goes on
        switched = (await claim(host, "garden")).json()
        assert switched["quiet_until_ms"] > switched["position_at_ms"]
        elapsed = switched["position_at_ms"] - before["position_at_ms"]
        assert switched["position_ms"] == before["position_ms"] + elapsed
        # And begins when the kitchen is silent
        silent = await host.patch("/devices/heartbeat", json={"queue": "party", "device_id": "kitchen"})
        assert silent.json()["active"] is False
        after = (await host.get("/sessions/party")).json()
    assert (after["quiet_until_ms"], after["active_device_id"], after["generation"]) == (None, "garden", 2)


async def test_a_device_that_is_not_allowed_is_not_made_the_speaker(house: House) -> None:
    async with house.admin() as host:
        refused = await host.post("/sessions/party/speaker", json={"device_id": "nobody"})
    assert (refused.status_code, refused.json()["code"]) == (422, "device_not_allowed")


async def test_a_device_is_chosen_under_both_kinds_of_names(house: House) -> None:
    async with house.admin() as host:
        await claim(host, "kitchen")
        await claim(host, "garden")
        session = (await host.post("/sessions/party/speaker", json={"device_uuid": "kitchen"})).json()
        nobody = await host.post("/sessions/party/speaker", json={})
    assert session["active_device_uuid"] == session["active_device_id"] == "kitchen"
    assert (nobody.status_code, nobody.json()["code"]) == (422, "bad_body")


async def test_a_device_that_is_removed_is_the_speaker_no_more(house: House) -> None:
    async with house.admin() as host:
        await claim(host, "kitchen")
        await host.delete("/devices/kitchen", params={"queue": "party"})
        session = (await host.get("/sessions/party")).json()
    assert (session["active_device_id"], session["generation"]) == (None, 2)


async def test_another_device_says_nothing_of_the_speakers_track(house: House) -> None:
    async with house.admin() as host, house.nobody() as garden:
        item = await add(host)
        await host.post("/sessions/party/play")
        registered = await host.post("/devices/register", json={"queue": "party", "device_name": "Garden"})
        garden.headers["Authorization"] = f"Bearer {registered.json()['token']}"
        await claim(host, "kitchen")
        report = {"item_id": item["id"], "generation": 1}
        refused = await garden.post("/sessions/party/ended", json=report)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_the_speaker")
        assert (await host.get("/sessions/party")).json()["item_id"] == item["id"]


async def test_a_burst_of_seeks_is_one_revision_and_one_publish_for_each(house: House) -> None:
    async with house.admin() as host:
        await add(host)
        before = (await host.post("/sessions/party/play")).json()["revision"]
        seeks = [host.post("/sessions/party/seek", json={"position_ms": 1000 * n}) for n in range(10)]
        revisions = sorted(answer.json()["revision"] for answer in await asyncio.gather(*seeks))
    entries = await house.parts.redis.call("XRANGE", key(QueueName("party"), "events"), "-", "+")
    told = [int(fields["rev"]) for _, fields in entries if fields["name"] == "timeline_update"]
    assert revisions == told[-10:] == list(range(before + 1, before + 11))


async def test_a_failed_item_is_marked_and_the_next_one_starts(house: House) -> None:
    async with house.admin() as host:
        first, second = await add(host), await add(host)
        await host.post("/sessions/party/play")
        await claim(host, "kitchen")
        body = {"item_id": first["id"], "generation": 1, "reason": "cannot be decoded"}
        session = (await host.post("/sessions/party/failed", json=body)).json()
        items = (await host.get("/queue/party/items")).json()["items"]
    assert session["item_id"] == second["id"]
    assert [item["status"] for item in items] == ["failed", "playing"]


async def test_only_the_holder_of_the_lease_gets_addresses_and_they_die_with_it(house: House) -> None:
    async with house.admin() as host:
        _, value = await house.parts.tokens.create("host", "party")  # type: ignore[arg-type]  # a queue's name
        host.headers["Authorization"] = f"Bearer {value}"
        item = await add(host)
        await claim(host, "kitchen")
        ask = {"queue": "party", "device_id": "kitchen", "generation": 1, "track_id": item["track_id"]}
        address = (await host.post("/media/token", json=ask)).json()["url"]
        assert (await host.get(address, headers={"Range": "bytes=0-3"})).content == b"fLaC"
        refused = await host.post("/media/token", json={**ask, "device_id": "garden"})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_the_speaker")
        await claim(host, "garden")
        assert (await host.get(address)).status_code == 403


async def test_a_guests_own_queue_plays_only_when_an_admin_allows_it(house: House) -> None:
    async with house.guest() as ana, house.admin() as admin:
        made = (await ana.post("/queue/", json={"kind": "transient"})).json()
        ana.headers["Authorization"] = f"Bearer {made['host_token']}"
        path, body = f"/sessions/{made['name']}/speaker", {"device_id": "phone"}
        refused = await ana.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "playback_off")
        await admin.put(f"{made['url']}settings", json={"guest_playback": True})
        phone = {"queue": made["name"], "device_id": "phone", "device_name": "Phone"}
        assert (await ana.post("/devices/register", json=phone)).status_code == 201
        assert (await ana.post(path, json=body)).status_code == 200
