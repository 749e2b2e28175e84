"""What `account create`, `list`, `password` and `delete` print and do."""

import pytest

from api_queue.accounts.account_commands import create_account, delete_account, list_accounts, set_password
from api_queue.errors import UnknownAccount, WrongPassword
from tests.accounts.house import House


async def test_a_created_account_is_the_id_of_its_user(house: House) -> None:
    accounts = house.accounts()
    user = await create_account(accounts, "Ann", "correct horse")
    token = await accounts.log_in("ann", "correct horse")
    account = await accounts.account_of(token.token_id)
    assert account
    assert account.user_id == user


async def test_a_list_shows_all_but_the_hashes(house: House) -> None:
    accounts = house.accounts()
    for name in ("bob", "Ann"):
        await create_account(accounts, name, "correct horse")
    heading, *rows = (await list_accounts(accounts)).splitlines()
    assert heading.split() == ["name", "user", "personal", "queue", "made"]
    assert [row.split()[0] for row in rows] == ["Ann", "bob"]
    assert "argon2" not in "".join(rows)


async def test_the_operator_helps_who_forgot_their_password(house: House) -> None:
    accounts = house.accounts()
    await create_account(accounts, "Ann", "correct horse")
    assert "Ann" in await set_password(accounts, "Ann", "another horse")
    await accounts.log_in("Ann", "another horse")
    with pytest.raises(WrongPassword):
        await accounts.log_in("Ann", "correct horse")


async def test_a_deleted_account_is_not_listed(house: House) -> None:
    accounts = house.accounts()
    await create_account(accounts, "Ann", "correct horse")
    assert "ANN" in await delete_account(accounts, "ANN")
    assert len((await list_accounts(accounts)).splitlines()) == 1


async def test_who_is_not_there_is_named(house: House) -> None:
    for command in (delete_account(house.accounts(), "Ann"), set_password(house.accounts(), "Ann", "x" * 8)):
        with pytest.raises(UnknownAccount, match="Ann"):
            await command
