"""First answers, to be given again: what is kept of them, and where."""

from typing import Protocol

import msgspec


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """`status` is 0 while the first request is running."""

    body_hash: str
    status: int = 0
    content_type: str | None = None
    body: str = ""


class AnswerStore(Protocol):
    async def claim(self, key: str, pending: Answer) -> Answer | None:
        """None when nobody had the key: it now holds `pending`, for a minute. Else what it holds."""

    async def keep(self, key: str, answer: Answer) -> None:
        """For 24 hours."""

    async def release(self, key: str) -> None: ...
