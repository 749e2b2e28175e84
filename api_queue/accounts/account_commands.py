"""`account create`, `account list`, `account password`, `account delete`: what the command line prints."""

from typing import TYPE_CHECKING, Final

from api_queue.accounts.account_models import Account
from api_queue.accounts.printed import minute, shown, table

if TYPE_CHECKING:  # whoever only parses a command line does not wait for argon2
    from api_queue.accounts.account_service import AccountService

_HEADINGS: Final = ("name", "user", "personal queue", "made")


async def create_account(accounts: "AccountService", username: str, password: str) -> str:
    """The id of the new user."""
    return (await accounts.create(username, password)).user_id


async def list_accounts(accounts: "AccountService") -> str:
    return table([_HEADINGS, *(_row(account) for account in await accounts.accounts())])


async def set_password(accounts: "AccountService", username: str, password: str) -> str:
    await accounts.set_password(username, password)
    return f"{shown(username)} has a new password, and every login with the old one has ended."


async def delete_account(accounts: "AccountService", username: str) -> str:
    await accounts.delete(username)
    return f"The account {shown(username)} is gone, with its logins and its personal queue."


def _row(account: Account) -> tuple[str, ...]:
    return (shown(account.username), account.user_id, account.queue, minute(account.created_at_ms))
