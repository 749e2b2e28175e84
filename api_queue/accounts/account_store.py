"""Accounts in SQL. Times are milliseconds since 1970."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from api_queue.accounts.account_models import Account
from api_queue.accounts.models import LoginToken
from api_queue.accounts.store import TOKENS, SqlStore
from api_queue.drivers.sql import ByteOrder, metadata

ACCOUNTS = Table(
    "accounts",
    metadata,
    Column("token_id", Text, ForeignKey(TOKENS.c.token_id), primary_key=True),
    Column("username", Text, nullable=False),
    Column("username_key", ByteOrder, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, key="created_at_ms"),
)
#: In the order of the record's fields.
_READ = (ACCOUNTS.c.token_id, ACCOUNTS.c.username, ACCOUNTS.c.password_hash, ACCOUNTS.c.created_at_ms)


class SqlAccounts(SqlStore):
    """account_models.AccountStore."""

    async def add(self, account: Account, key: str, token: LoginToken) -> bool:
        row = insert(ACCOUNTS).values(asdict(account) | {"username_key": key})
        try:
            await self._write(insert(TOKENS).values(asdict(token)), row)
        except IntegrityError:
            return False
        return True

    async def by_key(self, key: str) -> Account | None:
        return await self._one(ACCOUNTS.c.username_key == key)

    async def by_token(self, token_id: str) -> Account | None:
        return await self._one(ACCOUNTS.c.token_id == token_id)

    async def _one(self, which: ColumnElement[bool]) -> Account | None:
        rows = await self._read(select(*_READ).where(which))
        return Account(*rows[0]) if rows else None

    async def accounts(self) -> Sequence[Account]:
        return [Account(*row) for row in await self._read(select(*_READ).order_by(ACCOUNTS.c.username_key))]

    async def set_password(self, token_id: str, password_hash: str) -> None:
        of_account = update(ACCOUNTS).where(ACCOUNTS.c.token_id == token_id)
        await self._write(of_account.values(password_hash=password_hash))

    async def remove(self, token_id: str) -> None:
        await self._write(delete(ACCOUNTS).where(ACCOUNTS.c.token_id == token_id))
