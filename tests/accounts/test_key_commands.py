"""What `key create`, `list` and `revoke` print."""

import pytest

from api_queue.accounts.key_commands import create_key, list_keys, revoke_key
from api_queue.accounts.models import hash_of
from api_queue.errors import BadKeyRequest, UnknownApiKey
from tests.accounts.house import House


async def test_a_created_key_is_its_value_and_nothing_more(house: House) -> None:
    program = await house.api_keys.find(await create_key(house.api_keys, "lamps", ["lamps=READ,delete", "fans=WRITE"]))
    assert program is not None
    assert program.description == "lamps"
    assert program.queues == {"lamps": {"read", "delete"}, "fans": {"write"}}


async def test_a_queue_that_is_named_twice_has_the_rights_of_both(house: House) -> None:
    program = await house.api_keys.find(await create_key(house.api_keys, "lamps", ["lamps=READ", "lamps=WRITE"]))
    assert program is not None
    assert program.queues == {"lamps": {"read", "write"}}


@pytest.mark.parametrize("queue", ["lamps", "lamps=", "=READ", "lamps=READ,", "lamps=READ=WRITE", "lamps:READ", ""])
async def test_what_is_not_a_queue_and_rights_makes_no_key(house: House, queue: str) -> None:
    with pytest.raises(BadKeyRequest):
        await create_key(house.api_keys, "lamps", ["fans=READ", queue])
    assert await house.api_keys.keys() == []


async def test_a_list_shows_all_but_the_value(house: House) -> None:
    value = await create_key(house.api_keys, "the lamps", ["lamps=MANAGE,READ", "fans=WRITE"])
    await house.api_keys.find(value)
    heading, row = (await list_keys(house.api_keys)).splitlines()
    assert heading.split() == ["id", "description", "rights", "made", "revoked", "last", "used"]
    assert row.startswith(f"{hash_of(value)[:12]}  the lamps    fans=WRITE lamps=READ,MANAGE  20")
    assert row.count(":") == 2  # made, last used
    assert value[4:] not in row
    assert hash_of(value) not in row


async def test_a_list_of_none_is_its_heading(house: House) -> None:
    assert (await list_keys(house.api_keys)).splitlines()[1:] == []


async def test_a_description_starts_no_line_and_colours_none(house: House) -> None:
    await create_key(house.api_keys, "lamps\n\x1b[31m", ["*=READ"])
    assert "lamps??[31m" in await list_keys(house.api_keys)


async def test_a_revoked_key_is_still_listed_as_such(house: House) -> None:
    key_id = hash_of(await create_key(house.api_keys, "lamps", ["*=READ"]))[:12]
    assert await revoke_key(house.api_keys, key_id) == f"The API key {key_id} is revoked."
    assert (await list_keys(house.api_keys)).count(":") == 2  # made, revoked
    assert await revoke_key(house.api_keys, key_id)  # it may be said twice


async def test_nothing_is_revoked_by_a_wrong_id(house: House) -> None:
    with pytest.raises(UnknownApiKey):
        await revoke_key(house.api_keys, "nothing")
