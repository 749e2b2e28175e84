"""What `token create`, `list` and `revoke` print."""

import pytest

from api_queue.accounts.token_commands import create_token, list_tokens, revoke_token
from api_queue.errors import UnknownToken
from tests.accounts.house import PARTY, House


async def test_a_created_token_is_its_value_and_nothing_more(house: House) -> None:
    value = await create_token(house.tokens, "host", PARTY, label="the bar")
    assert await house.tokens.find(value)


async def test_a_list_shows_all_but_the_value(house: House) -> None:
    value = await create_token(house.tokens, "host", PARTY, label="the bar", ttl_s=60, max_uses=2)
    await create_token(house.tokens, "admin")
    heading, *rows = (await list_tokens(house.tokens)).splitlines()
    assert heading.split() == ["id", "role", "queue", "label", "made", "until", "uses", "last", "used"]
    assert len(rows) == 2
    (host,) = (await list_tokens(house.tokens, PARTY)).splitlines()[1:]
    assert "the bar" in host
    assert "0/2" in host
    assert value not in host


async def test_a_revoked_token_is_still_listed_as_such(house: House) -> None:
    token, _ = await house.tokens.create("admin")
    assert token.token_id in await revoke_token(house.tokens, token.token_id)
    assert "revoked" in await list_tokens(house.tokens)


async def test_nothing_is_revoked_by_a_wrong_id(house: House) -> None:
    with pytest.raises(UnknownToken):
        await revoke_token(house.tokens, "nothing")
