"""Devices through a whole server: a Raspberry Pi without a login, its host, and those who should not get in."""

from typing import Any

import httpx
import pytest

from tests.acceptance.readers import Screen
from tests.house import House

PI = {"queue": "party", "device_name": "Kitchen", "device_platform": "Raspberry Pi", "device_id": "pi-1"}


def by_token(house: House, token: str) -> httpx.AsyncClient:
    client = house.nobody()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


async def registered(house: House, **more: Any) -> dict[str, Any]:
    async with house.admin() as host:
        return (await host.post("/devices/register", json=PI | more)).json()  # type: ignore[no-any-return]


async def test_a_pi_without_a_login_is_let_in_by_its_code(house: House) -> None:
    async with house.nobody() as pi, house.admin() as host:
        # Given a device that asks
        answer = await pi.post("/devices/register", json=PI)
        asked = answer.json()
        assert answer.status_code == 202
        assert asked.keys() == {"code", "claim", "expires_at_ms", "interval_s"}
        claim = {"claim": asked["claim"]}
        waiting = await pi.post("/devices/claim", json=claim)
        assert (waiting.status_code, waiting.json()["code"]) == (202, asked["code"])
        assert "claim" not in waiting.json()
        # When the host sees its code and lets it in
        (request,) = (await host.get("/queue/party/devices/requests")).json()["requests"]
        assert (request["code"], request["device_name"], request["kind"]) == (asked["code"], "Kitchen", "speaker")
        assert (await host.post(f"/queue/party/devices/requests/{asked['code']}")).status_code == 204
        # Then it is a device, with a token that is shown once
        made = await pi.post("/devices/claim", json=claim)
        assert (made.status_code, made.json()["device"]["device_uuid"]) == (201, "pi-1")
        gone = await pi.post("/devices/claim", json=claim)
        assert (gone.status_code, gone.json()["code"]) == (404, "claim_over")


async def test_who_is_refused_hears_so(house: House) -> None:
    async with house.nobody() as pi, house.admin() as host:
        asked = (await pi.post("/devices/register", json=PI)).json()
        assert (await host.delete(f"/queue/party/devices/requests/{asked['code']}")).status_code == 204
        refused = await pi.post("/devices/claim", json={"claim": asked["claim"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "pairing_refused")


async def test_a_device_says_by_its_token_who_it_is(house: House) -> None:
    token = (await registered(house))["token"]
    async with by_token(house, token) as pi:
        pulse = await pi.patch("/devices/heartbeat", json={"volume": 70, "buffer_ms": 9000})
        assert pulse.status_code == 200
        assert pulse.json()["sole"] is True
        for body in ({"volume": 101}, {"position_ms": 10**15}, {"generation": "x"}):
            assert (await pi.patch("/devices/heartbeat", json=body)).status_code == 422
    async with house.admin() as host:
        (device,) = (await host.get("/devices", params={"queue": "party"})).json()["devices"]
    seen = device.pop("last_seen")
    assert seen.endswith("Z")
    assert device == {
        "device_id": "pi-1",
        "device_uuid": "pi-1",
        "device_name": "Kitchen",
        "device_platform": "Raspberry Pi",
        "kind": "speaker",
        "queue": "party",
        "connected": True,
        "active": False,
        "allowed": True,
        "volume": 70,
        "buffer_ms": 9000,
    }


async def test_a_screen_is_a_device_too(house: House) -> None:
    token = (await registered(house, kind="screen"))["token"]
    async with by_token(house, token) as tv:
        assert (await tv.patch("/devices/heartbeat")).json()["active"] is False
        assert (await tv.post("/media/token", json={"track_id": "x"})).status_code == 403


async def test_the_active_device_gets_the_music_by_its_token_alone(house: House) -> None:
    token = (await registered(house))["token"]
    async with house.admin() as host, by_token(house, token) as pi:
        track = (await host.get("/tracks")).json()["tracks"][0]["track_id"]
        spare = await pi.post("/media/token", json={"track_id": track})
        assert (spare.status_code, spare.json()["code"]) == (403, "not_the_speaker")
        await host.post("/sessions/party/speaker", json={"device_id": "pi-1"})
        address = (await pi.post("/media/token", json={"track_id": track})).json()["url"]
        assert (await pi.get(address, headers={"Range": "bytes=0-3"})).content == b"fLaC"


async def test_a_removed_device_may_nothing_any_more(house: House) -> None:
    token = (await registered(house))["token"]
    async with house.admin() as host, by_token(house, token) as pi:
        assert (await pi.patch("/devices/heartbeat")).status_code == 200
        assert (await host.delete("/devices/pi-1", params={"queue": "party"})).status_code == 204
        refused = await pi.patch("/devices/heartbeat")
        assert (refused.status_code, refused.json()["code"]) == (401, "bad_credential")
        assert (await host.delete("/devices/pi-1", params={"queue": "party"})).status_code == 404


async def test_an_id_is_removed_however_its_address_is_written(house: House) -> None:
    async with house.admin() as host:
        for device_id, written in (("mac:a1", "mac%3Aa1"), ("mac:a1", "mac:a1")):
            await registered(house, device_id=device_id)
            assert (await host.delete(f"/devices/{written}", params={"queue": "party"})).status_code == 204


async def test_a_session_shows_its_items_and_its_devices(house: House) -> None:
    await registered(house)
    async with house.guest() as ana, house.admin() as host:
        track = (await ana.get("/tracks")).json()["tracks"][0]["track_id"]
        item = (await ana.post("/queue/party/items", json={"track_id": track, "performer_name": "Ana"})).json()
        await host.post("/sessions/party/speaker", json={"device_id": "pi-1"})
        session = (await ana.get("/sessions/party")).json()
        devices = (await host.get("/devices", params={"queue": "party"})).json()["devices"]
    assert [each["id"] for each in session["queue"]] == [item["id"]]
    assert session["devices"] == devices
    assert [device["active"] for device in devices] == [True]


async def test_the_party_sees_a_device_come(house: House) -> None:
    async with Screen(house.url, "party") as screen:
        await registered(house)
        await screen.until(lambda: "device_change" in screen.heard)


async def test_registering_again_answers_200_and_the_ids_of_the_seeds_do_too(house: House) -> None:
    async with house.admin() as host:
        body = {"queue": "party", "device_name": "Pi"}
        answers = [await host.post("/devices/register", json=body | {name: "pi"}) for name in ("device_uuid", "id")]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert len({answer.json()["token"] for answer in answers}) == 2


async def test_a_register_that_is_sent_twice_shows_no_secret_again(house: House) -> None:
    async with house.admin() as host, house.nobody() as pi:
        for client, secret in ((host, "token"), (pi, "claim")):
            key = {"Idempotency-Key": "once"}
            first = (await client.post("/devices/register", json=PI, headers=key)).json()
            again = (await client.post("/devices/register", json=PI, headers=key)).json()
            assert first[secret] not in str(again)
            assert again[secret].endswith("***")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"device_name": " "}, "bad_device_name"),
        ({"device_name": "a\nb"}, "bad_device_name"),
        ({"device_id": "a b"}, "bad_device_id"),
        ({"device_platform": "a\u202eb"}, "bad_body"),
        ({"kind": "host"}, "bad_body"),
        ({"queue": None}, "which_queue"),
    ],
)
async def test_what_does_not_fit_is_refused(house: House, change: dict[str, Any], code: str) -> None:
    async with house.admin() as host:
        answer = await host.post("/devices/register", json=PI | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_guests_see_and_decide_nothing(house: House) -> None:
    await registered(house)
    async with house.guest() as ana:
        calls = [
            ("GET", "/devices?queue=party"),
            ("DELETE", "/devices/pi-1?queue=party"),
            ("PATCH", "/devices/heartbeat"),
            ("GET", "/queue/party/devices/requests"),
            ("POST", "/queue/party/devices/requests/ABC123"),
            ("DELETE", "/queue/party/devices/requests/ABC123"),
        ]
        answers = [await ana.request(method, path) for method, path in calls]
    assert [answer.status_code for answer in answers] == [403] * len(calls)


async def test_a_member_has_devices_of_their_own_that_nobody_else_sees(house: House) -> None:
    _, member = await house.parts.tokens.create("member", label="ana")
    async with by_token(house, member) as ana, house.admin() as admin:
        made = await ana.post("/devices/register", json={"device_name": "Phone", "device_id": "phone"})
        assert made.status_code == 201
        own = made.json()["device"]["queue"]
        assert own.startswith("u_")
        listed = (await ana.get("/devices")).json()
        assert (listed["queue"], [d["device_id"] for d in listed["devices"]]) == (own, ["phone"])
        async with by_token(house, made.json()["token"]) as phone:
            assert (await phone.patch("/devices/heartbeat")).status_code == 200
        for method, path in (("GET", "/devices"), ("DELETE", "/devices/phone")):
            assert (await admin.request(method, path, params={"queue": own})).status_code == 404
        stranger = await admin.post("/devices/register", json={"device_name": "X", "queue": own})
        assert (stranger.status_code, stranger.json()["code"]) == (404, "unknown_queue")
