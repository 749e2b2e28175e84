"""Tokens, codes, logins and audit lines in SQL. Times are milliseconds since 1970."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import ColumnElement, Executable

from api_queue.accounts.models import AuditLine, Login, LoginToken
from api_queue.drivers.sql import metadata, writing
from api_queue.types import QueueName

TOKENS = Table(
    "login_tokens",
    metadata,
    Column("token_id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("community", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("queue", Text, index=True),
    Column("label", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, key="created_at_ms"),
    Column("expires_at", BigInteger, key="expires_at_ms"),
    Column("max_uses", Integer),
    Column("uses", Integer, nullable=False),
    Column("revoked_at", BigInteger, key="revoked_at_ms"),
    Column("last_used_at", BigInteger, key="last_used_at_ms"),
)
CODES = Table(
    "admin_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("expires_at", BigInteger, nullable=False, key="expires_at_ms"),
)
LOGINS = Table(
    "logins",
    metadata,
    Column("login_id", Text, primary_key=True),
    Column("token_id", Text, ForeignKey(TOKENS.c.token_id), nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False, key="expires_at_ms"),
    Column("ended_at", BigInteger, key="ended_at_ms"),
)
AUDIT = Table(
    "audit_lines",
    metadata,
    Column("line_id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False, key="at_ms"),
    Column("token_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("queue", Text),
    Column("detail", Text, nullable=False),
)


class SqlStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def _write(self, *statements: Executable) -> int:
        """In one transaction; how many rows the last one changed."""
        async with writing(self._engine) as connection:
            return [await _run(connection, statement) for statement in statements][-1]

    async def _read(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        """The columns stand in the order of the record's fields."""
        async with self._engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(query)]


async def _run(connection: AsyncConnection, statement: Executable) -> int:
    return (await connection.execute(statement)).rowcount


class SqlTokens(SqlStore):
    async def add(self, token: LoginToken) -> None:
        await self._write(insert(TOKENS).values(asdict(token)))

    async def by_hash(self, token_hash: str) -> LoginToken | None:
        return await self._one(TOKENS.c.token_hash == token_hash)

    async def by_id(self, token_id: str) -> LoginToken | None:
        return await self._one(TOKENS.c.token_id == token_id)

    async def _one(self, which: ColumnElement[bool]) -> LoginToken | None:
        rows = await self._read(select(TOKENS).where(which))
        return LoginToken(*rows[0]) if rows else None

    async def tokens(self, queue: QueueName | None) -> Sequence[LoginToken]:
        query = select(TOKENS).order_by(TOKENS.c.created_at_ms.desc(), TOKENS.c.token_id)
        if queue is not None:
            query = query.where(TOKENS.c.queue == queue)
        return [LoginToken(*row) for row in await self._read(query)]

    async def revoke(self, token_id: str, now_ms: int) -> None:
        await self._revoke(TOKENS.c.token_id == token_id, now_ms)

    async def revoke_queue(self, queue: QueueName, now_ms: int, label: str | None = None) -> None:
        labelled = true() if label is None else TOKENS.c.label == label
        await self._revoke((TOKENS.c.queue == queue) & labelled, now_ms)

    async def _revoke(self, which: ColumnElement[bool], now_ms: int) -> None:
        live = which & TOKENS.c.revoked_at_ms.is_(None)
        await self._write(update(TOKENS).where(live).values(revoked_at_ms=now_ms))

    async def count_use(self, token_id: str, now_ms: int) -> bool:
        left = or_(TOKENS.c.max_uses.is_(None), TOKENS.c.uses < TOKENS.c.max_uses)
        which = (TOKENS.c.token_id == token_id) & left
        change = update(TOKENS).where(which).values(uses=TOKENS.c.uses + 1, last_used_at_ms=now_ms)
        return await self._write(change) == 1

    async def touch(self, token_id: str, now_ms: int) -> None:
        await self._write(update(TOKENS).where(TOKENS.c.token_id == token_id).values(last_used_at_ms=now_ms))

    async def add_code(self, code_hash: str, expires_at_ms: int) -> None:
        new = insert(CODES).values(code_hash=code_hash, expires_at_ms=expires_at_ms)
        await self._write(delete(CODES), new)

    async def use_code(self, code_hash: str, now_ms: int) -> bool:
        good = (CODES.c.code_hash == code_hash) & (CODES.c.expires_at_ms > now_ms)
        return await self._write(delete(CODES).where(good)) == 1


class SqlLogins(SqlStore):
    async def add_login(self, login: Login, now_ms: int) -> None:
        over = delete(LOGINS).where(LOGINS.c.expires_at_ms <= now_ms)
        await self._write(over, insert(LOGINS).values(asdict(login)))

    async def login(self, login_id: str) -> Login | None:
        rows = await self._read(select(LOGINS).where(LOGINS.c.login_id == login_id))
        return Login(*rows[0]) if rows else None

    async def renew_login(self, login_id: str, old_hash: str, new_hash: str, expires_at_ms: int) -> bool:
        newest = (LOGINS.c.login_id == login_id) & (LOGINS.c.secret_hash == old_hash) & LOGINS.c.ended_at_ms.is_(None)
        change = update(LOGINS).where(newest).values(secret_hash=new_hash, expires_at_ms=expires_at_ms)
        return await self._write(change) == 1

    async def end_login(self, login_id: str, now_ms: int) -> bool:
        return await self._end(LOGINS.c.login_id == login_id, now_ms)

    async def end_logins(self, token_id: str, now_ms: int) -> bool:
        return await self._end(LOGINS.c.token_id == token_id, now_ms)

    async def _end(self, which: ColumnElement[bool], now_ms: int) -> bool:
        live = which & LOGINS.c.ended_at_ms.is_(None)
        return await self._write(update(LOGINS).where(live).values(ended_at_ms=now_ms)) > 0


class SqlAudit(SqlStore):
    async def add_line(self, line: AuditLine) -> None:
        await self._write(insert(AUDIT).values(asdict(line)))

    async def lines(self, limit: int, offset: int, queue: QueueName | None) -> tuple[int, Sequence[AuditLine]]:
        which = true() if queue is None else AUDIT.c.queue == queue
        newest = select(AUDIT).where(which).order_by(AUDIT.c.line_id.desc()).limit(limit).offset(offset)
        ((total,),) = await self._read(select(func.count()).select_from(AUDIT).where(which))
        return total, [AuditLine(*row[1:]) for row in await self._read(newest)]
