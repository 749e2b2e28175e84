"""Accounts and members as JSON; the names are those of UniversalScrobbler (source 001)."""

import msgspec

from api_queue.accounts.account_models import Account
from api_queue.web.identity import Caller


class NameAndPassword(msgspec.Struct):
    """POST /users/register, POST /users/delete."""

    username: str
    password: str


class PasswordChange(NameAndPassword):
    """POST /users/password."""

    new_password: str


def account_json(account: Account) -> dict[str, object]:
    return {"user_uuid": account.user_id, "username": account.username}


def member_json(caller: Caller, account: Account | None) -> dict[str, object]:
    """Null for who is none; a member by a token has no name to log in with."""
    return {
        "user_uuid": caller.user_id,
        "username": account and account.username,
        "personal_queue": caller.personal_queue,
    }
