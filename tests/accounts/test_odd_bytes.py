"""Headers are bytes. What is no UTF-8 in a credential is a wrong credential, never a fault of ours."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.accounts.house import PARTY, House

Ask = Callable[[str, bytes], Awaitable[int]]


@pytest.fixture
def ask(client: httpx.AsyncClient) -> Ask:
    """`ask("POST /path", header)`: the status of the answer; httpx would not send such headers."""

    async def ask(line: str, header: bytes) -> int:
        reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
        head = f"{line} HTTP/1.1\r\nHost: party\r\nConnection: close\r\nContent-Length: 2\r\n".encode()
        writer.write(head + b"Content-Type: application/json\r\n" + header + b"\r\n\r\n{}")
        async with asyncio.timeout(30):
            answer = await reader.read()
        writer.close()
        return int(answer.split()[1])

    return ask


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Bearer aq_\xff",
        b"Authorization: Bearer \xff.\xfe.a",
        b"Cookie: session_id=aq_\xff",
        b"Cookie: session_id=\xff",
        b"Cookie: access_token=\xff\xff",
    ],
)
@pytest.mark.parametrize("line", ["POST /queue/party/items", "GET /auth/me"])
async def test_a_credential_is_refused(ask: Ask, line: str, header: bytes) -> None:
    assert await ask(line, header) == 401


async def test_so_it_is_when_it_is_verified(ask: Ask) -> None:
    assert await ask("GET /auth/verify", b"Authorization: Bearer \xff.\xff.\xff") == 401


async def test_a_refresh_token_is_refused(ask: Ask) -> None:
    assert await ask("POST /auth/refresh", b"Cookie: refresh_token=\xff.\xff") == 401


async def test_who_logs_out_with_one_is_logged_out(ask: Ask) -> None:
    assert await ask("POST /auth/logout", b"Cookie: refresh_token=\xff.\xff") == 204


async def test_an_idempotency_key_of_any_bytes_is_one(ask: Ask, house: House) -> None:
    value = await house.token("host", PARTY)
    headers = f"Authorization: Bearer {value}\r\nIdempotency-Key: ".encode()
    # When the same key comes twice and another once
    answers = [await ask("POST /queue/party/items", headers + key) for key in (b"\xff", b"\xff", b"\xfe")]
    # Then two adds were made
    assert answers == [201, 201, 201]
    assert len(house.added) == 2


async def test_a_cookie_of_another_program_is_not_looked_at(ask: Ask) -> None:
    assert await ask("GET /auth/me", b"Cookie: theirs=\xff\xfe") == 200


async def test_a_site_of_any_bytes_is_another_site(ask: Ask) -> None:
    assert await ask("POST /queue/party/items", b"Origin: http://a\xff") == 403
    assert await ask("GET /queue/party/", b"Origin: http://a\xff") == 200
    assert await ask("POST /queue/party/items", b"Sec-Fetch-Site: \xff") == 403
