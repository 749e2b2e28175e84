"""What `account create`, `list`, `password` and `delete` print and do."""

import io
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from api_queue.accounts.account_commands import create_account, delete_account, list_accounts, set_password
from api_queue.command_line import main
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


# -- as they are called ----------------------------------------------------------------------------------------


@pytest.fixture
def said(
    migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Exit code, stdout and stderr of an `account` command over a database; `typed` comes by standard input."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    interrupted = signal.getsignal(signal.SIGINT)  # `main` takes it as its own

    def said(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = main(["account", *arguments, "--data", f"{tmp_path}"])
        return code, *capsys.readouterr()

    yield said
    signal.signal(signal.SIGINT, interrupted)


def test_a_password_comes_by_standard_input_and_is_never_shown(said: Callable[..., tuple[int, str, str]]) -> None:
    code, user, _ = said("create", "Ann", typed="correct horse\n")
    assert (code, str(UUID(user.strip()))) == (0, user.strip())
    code, listed, _ = said("list")
    assert user.strip() in listed
    code, told, _ = said("password", "Ann", typed="another horse\n")
    assert "correct horse" not in told + listed
    assert "another horse" not in told


def test_a_refusal_is_one_sentence(said: Callable[..., tuple[int, str, str]]) -> None:
    assert said("create", "Ann", typed="short\n") == (1, "", "A password is 8 to 1024 characters long.\n")
    assert said("password", "Ann", typed="correct horse\n") == (1, "", "There is no account 'Ann'.\n")
