"""Logging out: whose login it ends, and how often one may try."""

import httpx
import pytest

from api_queue.settings import Settings
from tests.accounts.house import House, bearer


async def test_logging_out_ends_the_login_and_drops_its_cookies(house: House, client: httpx.AsyncClient) -> None:
    # Given a browser that is logged in
    login = (await client.post("/auth", json={"token": await house.token("admin")})).json()
    # When it logs out
    answer = await client.post("/auth/logout")
    assert answer.status_code == 204
    # Then its cookies are gone, and copies of them are no good
    assert not client.cookies
    assert (await client.get("/queue/", headers=bearer(login["access_token"]))).status_code == 401
    refreshed = await client.post("/auth/refresh", json={"refresh_token": login["refresh_token"]})
    assert refreshed.status_code == 401


async def test_an_access_token_alone_can_log_out(house: House, client: httpx.AsyncClient) -> None:
    login = await house.log_in(client, await house.token("admin"))
    await client.post("/auth/logout", headers=bearer(login["access_token"]))
    assert (await client.post("/auth/refresh", json=login)).status_code == 401


async def test_who_only_knows_the_name_of_a_login_does_not_end_it(house: House, client: httpx.AsyncClient) -> None:
    login = await house.log_in(client, await house.token("admin"))
    guess = f"{login['refresh_token'].partition('.')[0]}.{'a' * 32}"
    for everywhere in (False, True):
        body = {"refresh_token": guess, "everywhere": everywhere}
        assert (await client.post("/auth/logout", json=body)).status_code == 204
    assert (await client.post("/auth/refresh", json=login)).status_code == 200


@pytest.mark.parametrize("path", ["/auth/logout", "/revoke-token", "/auth/refresh", "/refresh-token"])
async def test_renewing_and_leaving_have_the_limit_of_the_house_and_not_of_logins(house: House, path: str) -> None:
    house.settings = Settings(rate_logins_per_minute=1, rate_address_per_minute=3)
    async with house.open() as client:
        answers = [(await client.post(path, json={"refresh_token": "a.b"})).status_code for _ in range(4)]
    assert (429 not in answers[:3], answers[3]) == (True, 429)


async def test_logging_out_everywhere_ends_the_other_browsers_too(house: House, client: httpx.AsyncClient) -> None:
    # Given two browsers with the same login token, and one with another
    shared, own = await house.token("admin"), await house.token("admin")
    here, there, elsewhere = [await house.log_in(client, value) for value in (shared, shared, own)]
    # When the first logs out everywhere
    await client.post("/auth/logout", json={"refresh_token": here["refresh_token"], "everywhere": True})
    # Then both are out, and the third is not
    statuses = [
        (await client.get("/queue/", headers=bearer(login["access_token"]))).status_code
        for login in (here, there, elsewhere)
    ]
    assert statuses == [401, 401, 200]
