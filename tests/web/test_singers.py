"""The cookies of KaraKara's clients: read with suspicion, set with care."""

import pytest
from sanic import HTTPResponse

from api_queue.errors import BadCredential
from api_queue.types import GuestId, QueueName
from api_queue.web.identity import Caller, Grant, Presented
from api_queue.web.singers import drop_kksid, login_token, set_cookies, singer
from tests.web.requests import a_request

ROOM = QueueName("kara")
ANA, MALLORY = "a" * 16, "m" * 16
SESSION = "g" + "0" * 40
KKHOST = "kk_" + "a" * 32
TOKEN = login_token(KKHOST)
DEAD = "kk_" + "d" * 32
ADDRESS = "192.0.2.1"


class Resolver:
    """Who has `SESSION` is Ana, and `TOKEN` is good."""

    async def resolve(self, presented: Presented) -> Caller:
        if presented.bearer not in {None, TOKEN}:
            raise BadCredential
        guest = {None: None, SESSION: ANA}[presented.session_id]
        grants = (Grant("host", ROOM, "its-id"),) if presented.bearer else ()
        return Caller(GuestId(guest) if guest else None, presented.address, grants)

    def new_guest(self, address: str) -> Caller:
        raise AssertionError(address)


def request(**cookies: str) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


async def test_both_cookies_say_who_calls() -> None:
    headers = request(kksid=f"{ANA}-{SESSION}", kkhost=KKHOST)
    found = await singer(Resolver(), a_request(headers=headers), ADDRESS)
    assert (found.caller.guest_id, found.caller.role_on(ROOM)) == (ANA, "host")
    assert (found.kksid, found.host_token_id) == (f"{ANA}-{SESSION}", "its-id")


@pytest.mark.parametrize(
    "kksid", ["", SESSION, f"{MALLORY}-{SESSION}", f"{ANA}-{SESSION}0", f"{ANA}-{TOKEN}", f"{ANA}-", f"-{SESSION}"]
)
async def test_a_session_that_is_not_ours_is_none(kksid: str) -> None:
    found = await singer(Resolver(), a_request(headers=request(kksid=kksid, kkhost=KKHOST)), ADDRESS)
    assert (found.caller.guest_id, found.kksid) == (None, None)
    assert found.caller.role_on(ROOM) == "host"


@pytest.mark.parametrize("kkhost", ["", DEAD, "admin", KKHOST + "x", KKHOST.upper(), TOKEN])
async def test_a_host_who_is_none_is_a_guest(kkhost: str) -> None:
    found = await singer(Resolver(), a_request(headers=request(kksid=f"{ANA}-{SESSION}", kkhost=kkhost)), ADDRESS)
    assert (found.caller.guest_id, found.caller.grants, found.host_token_id) == (ANA, (), None)


async def test_our_own_cookies_are_not_looked_at() -> None:
    headers = request(session_id=SESSION, access_token=TOKEN)
    found = await singer(Resolver(), a_request(headers=headers), ADDRESS)
    assert (found.caller.guest_id, found.caller.grants) == (None, ())


async def test_a_login_in_the_header_wins() -> None:
    headers = request(kksid=f"{ANA}-{SESSION}", kkhost=DEAD) | {"authorization": f"Bearer {TOKEN}"}
    found = await singer(Resolver(), a_request(headers=headers), ADDRESS)
    assert (found.caller.guest_id, found.caller.role_on(ROOM), found.host_token_id) == (ANA, "host", None)


@pytest.mark.parametrize("authorization", [f"Bearer {DEAD}", f"Bearer {KKHOST}", "Basic abc", ""])
async def test_it_must_be_good(authorization: str) -> None:
    headers = request(kkhost=KKHOST) | {"authorization": authorization}
    with pytest.raises(BadCredential):
        await singer(Resolver(), a_request(headers=headers), ADDRESS)


def lines(response: HTTPResponse) -> dict[str, list[str]]:
    """Of `Set-Cookie`, by the cookie's name."""
    said = [str(cookie) for cookie in response.headers.getall("set-cookie")]
    return {line.partition("=")[0]: line.split("; ") for line in said}


@pytest.mark.parametrize("secure", [True, False])
def test_no_script_reads_who_is_host_and_no_other_room_hears_of_it(secure: bool) -> None:
    response = HTTPResponse()
    set_cookies(response, ROOM, f"{ANA}-{SESSION}", KKHOST, secure=secure)
    guest, host = lines(response)["kksid"], lines(response)["kkhost"]
    assert {"Path=/", "SameSite=Strict"} <= set(guest)
    assert {"Path=/api/room/kara", "SameSite=Strict", "HttpOnly"} <= set(host)
    assert "HttpOnly" not in guest
    assert [("Secure" in cookie) for cookie in (guest, host)] == [secure, secure]


def test_a_host_stays_host_or_goes() -> None:
    stays, goes = HTTPResponse(), HTTPResponse()
    set_cookies(stays, ROOM, f"{ANA}-{SESSION}", None, secure=False)
    set_cookies(goes, ROOM, f"{ANA}-{SESSION}", "", secure=False)
    assert "kkhost" not in lines(stays)
    assert "Max-Age=0" in lines(goes)["kkhost"]


def test_a_session_that_has_ended_goes() -> None:
    response = HTTPResponse()
    drop_kksid(response, secure=False)
    assert {"Max-Age=0", "Path=/"} <= set(lines(response)["kksid"])
