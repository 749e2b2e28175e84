"""Addresses of the music in the wrong hands, late, or touched: refused, and all refusals of a kind look the same."""

import hmac
from collections.abc import AsyncIterator, Iterator

import httpx
import msgspec
import pytest

from api_queue.media.models import MediaToken
from api_queue.media.tokens import sign, verify
from api_queue.types import DeviceId, TrackId
from tests.acceptance.sessions import ALIAS, Device, add, choose, register
from tests.house import House
from tests.queues.builders import FakeClock

TTL_S = 120


@pytest.fixture
def house(clocked_house: House) -> House:
    return clocked_house


@pytest.fixture
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin() as host:
        await add(host)
        yield host


@pytest.fixture
async def kitchen(house: House, host: httpx.AsyncClient) -> AsyncIterator[Device]:
    """The speaker, under generation 1."""
    async with house.nobody() as client:
        kitchen = await register(host, client, "kitchen")
        await choose(host, "kitchen")
        yield kitchen


@pytest.fixture
async def garden(house: House, host: httpx.AsyncClient, kitchen: Device) -> AsyncIterator[Device]:
    """A spare."""
    async with house.nobody() as client:
        yield await register(host, client, "garden")


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.nobody() as anybody:
        yield anybody


def said(answer: httpx.Response) -> tuple[int, bytes, set[str]]:
    """Everything of a refusal, but for what differs between any two answers: its time and its number."""
    own, request_id = {"date", "x-request-id"}, answer.headers["x-request-id"].encode()
    content = answer.content.replace(request_id, b"")
    headers = answer.headers.items()
    return answer.status_code, content, {f"{k}: {v}" for k, v in headers if k not in own | {"content-length"}}


def forged(text: str, key: bytes) -> Iterator[str]:
    """Touched in every way: cut, lengthened, another's name in it, signed with another key."""
    payload, mac = text.split(".")
    token = verify(text, key)
    yield from ("", ".", payload, f"{payload}.", f".{mac}", mac, text[:-1], text[1:], f"{payload}.{mac[:16]}")
    yield from (f"{text}A", f"{text}=", f"A{text}", f"{payload}A.{mac}", f"{text}.{mac}", text * 20)
    others = [
        msgspec.structs.replace(token, who="somebody else"),
        msgspec.structs.replace(token, track_id=TrackId("another")),
        msgspec.structs.replace(token, expires_at_ms=token.expires_at_ms + 1),
        msgspec.structs.replace(token, turn=None),
        of_turn(token, device_id=DeviceId("garden")),
        of_turn(token, generation=2),
    ]
    for other in others:
        yield f"{sign(other, key).split('.')[0]}.{mac}"
        yield sign(other, b"another key" * 3)
    yield sign(token, b"another key" * 3)


def of_turn(token: MediaToken, **changes: object) -> MediaToken:
    assert token.turn is not None
    return msgspec.structs.replace(token, turn=msgspec.structs.replace(token.turn, **changes))


async def test_whatever_was_touched_is_401_and_says_nothing_else(
    house: House, kitchen: Device, anybody: httpx.AsyncClient, clock: FakeClock
) -> None:
    address = await kitchen.address()
    path, _, text = address.partition("?token=")
    key = (house.parts.keys / "media").read_bytes()
    answers = [await anybody.get(path, params={"token": each}) for each in forged(text, key)]
    answers += [await anybody.get(path), await anybody.get("/media/tracks/nothing", params={"token": f"{text}A"})]
    # One that is too late says no more than one that never was
    assert (await anybody.get(address)).status_code == 200
    clock.pass_s(TTL_S)
    answers.append(await anybody.get(address))
    first = said(answers[0])
    assert first[0] == 401
    assert [said(answer) for answer in answers] == [first] * len(answers)
    assert b"bad_media_token" in first[1]


async def test_all_that_belong_elsewhere_are_403_and_say_the_same(
    host: httpx.AsyncClient, kitchen: Device, garden: Device, anybody: httpx.AsyncClient
) -> None:
    tracks = [track["track_id"] for track in (await host.get("/tracks")).json()["tracks"]]
    address = await kitchen.address(tracks[0])
    # Of another track, and of one that there is not
    answers = [await anybody.get(address.replace(tracks[0], other)) for other in (tracks[1], "nothing")]
    # Of another device: another is the speaker now
    await choose(host, "garden")
    answers.append(await anybody.get(address))
    # Of another generation of the same device
    await choose(host, "kitchen")
    answers.append(await anybody.get(address))
    # Of nobody
    await host.delete("/devices/kitchen", params={"queue": "party"})
    answers.append(await anybody.get(address))
    first = said(answers[0])
    assert first[0] == 403
    assert [said(answer) for answer in answers] == [first] * len(answers)
    assert not any(name in first[1] for name in (b"kitchen", b"garden", b"party", tracks[0].encode()))


async def test_only_the_device_whose_turn_it_is_gets_one(
    house: House, host: httpx.AsyncClient, kitchen: Device, garden: Device
) -> None:
    """Not another device, another generation, a guest, a member, or who was asked to be let in."""
    _, member = await house.parts.tokens.create("member", label="Ben")
    turn = {"track_id": ALIAS, "queue": "party", "device_id": "kitchen", "generation": 1}
    assert (await kitchen.mint()).status_code == 200
    refused = [await garden.mint(), await garden.client.post("/media/token", json=turn)]
    refused.append(await kitchen.client.post("/media/token", json=turn | {"generation": 2}))
    async with house.guest() as guest, house.nobody() as ben:
        ben.headers["Authorization"] = f"Bearer {member}"
        refused += [await guest.post("/media/token", json=turn), await ben.post("/media/token", json=turn)]
    assert [answer.status_code for answer in refused] == [403] * len(refused)


async def test_another_users_speaker_opens_nothing_of_mine(house: House, anybody: httpx.AsyncClient) -> None:
    """Each is the host and the speaker of their own queue."""
    addresses = []
    async with house.nobody() as ann, house.nobody() as ben:
        for client, name in ((ann, "Ann"), (ben, "Ben")):
            _, login = await house.parts.tokens.create("member", label=name)
            client.headers["Authorization"] = f"Bearer {login}"
            made = (await client.post("/devices/register", json={"device_name": name, "device_id": "phone"})).json()
            own = made["device"]["queue"]
            body = {"queue": own, "device_id": "phone", "track_id": ALIAS}
            await client.post(f"/sessions/{own}/speaker", json={"device_id": "phone"})
            addresses.append((await client.post("/media/token", json=body | {"generation": 1})).json()["url"])
        mine = body
        stranger = await ann.post("/media/token", json=mine | {"generation": 1})
        # Ann's ends with her device, and Ben's does not
        assert (await ann.delete("/devices/phone")).status_code == 204
    assert stranger.status_code in {403, 404}
    assert [(await anybody.get(address)).status_code for address in addresses] == [403, 200]


async def test_a_mac_is_always_compared_whole(
    house: House, kitchen: Device, anybody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a comparison that takes as long for the first letter that differs as for the last."""
    path, _, text = (await kitchen.address()).partition("?token=")
    payload, _, mac = text.partition(".")
    compared: list[tuple[object, object]] = []
    compare = hmac.compare_digest

    def noted(one: str, other: str) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr("api_queue.media.tokens.hmac.compare_digest", noted)
    wrong = [("A" if mac[0] != "A" else "B") + mac[1:], mac[:-2] + ("AA" if mac[-2:] != "AA" else "BB"), mac[:5]]
    for each in wrong:
        assert (await anybody.get(path, params={"token": f"{payload}.{each}"})).status_code == 401
    assert compared == [(each, mac) for each in wrong]
