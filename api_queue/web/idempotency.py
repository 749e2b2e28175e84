"""A write that is sent twice happens once: the second time, the first answer is given again.

The key is the header `Idempotency-Key` or `client_event_uuid` in the body. A refusal changed nothing
and is not kept: the key is free again.
"""

import hashlib
import re
from contextlib import suppress
from typing import Final

from sanic import HTTPResponse, Request
from sanic.response import BaseHTTPResponse

from api_queue.errors import BadBody, IdempotencyMismatch, IdempotencyPending, Unavailable
from api_queue.web.answers import Answer, AnswerStore
from api_queue.web.bodies import DRY_RUN, EVENT_KEY, all_fields, flag
from api_queue.web.credentials import SESSION
from api_queue.web.identity import Caller

_SECRETS: Final = re.compile(
    r"aq_[a-z2-7]{32}"  # login tokens
    r"|[a-z2-7]{32}\.[a-z2-7]{32}"  # refresh tokens
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]+"  # access tokens
    r"|(?<=token=)[^\"&\s]+"  # addresses of the music
    r"|(?<=\.)[a-z2-7]{32}"  # claims of devices
    r"|(?<=svg\+xml;base64,)[\w+/=]+"  # the password of a Wi-Fi, drawn
    r"|(?<=\"password\":\")[^\"]+"  # of rooms
)


class Idempotency:
    def __init__(self, store: AnswerStore) -> None:
        self._store = store

    async def begin(self, request: Request, caller: Caller) -> HTTPResponse | None:
        """The first answer again; None when this request is the first, names no key, or only asks."""
        name = _key_of(request)
        if name is None or flag(request, DRY_RUN):
            return None
        key = _scoped(request, caller, name)
        pending = Answer(hashlib.blake2b(request.body, digest_size=16).hexdigest())
        first = await self._store.claim(key, pending)
        if first is not None:
            return _again(first, pending.body_hash)
        request.ctx.idempotency = (key, pending.body_hash)
        return None

    async def finish(self, request: Request, response: BaseHTTPResponse) -> None:
        key, body_hash = request.ctx.idempotency
        with suppress(Unavailable):  # the change stands, and so must its answer
            if response.status >= 400 or _logs_in(response):
                await self._store.release(key)
            else:
                body = _SECRETS.sub("***", (response.body or b"").decode(errors="replace"))
                await self._store.keep(key, Answer(body_hash, response.status, response.content_type, body))


def _logs_in(response: BaseHTTPResponse) -> bool:
    """An answer is half of it without its cookies, which are secrets and not kept: who asks again gets new ones."""
    return any(cookie.key != SESSION for cookie in response.cookies.cookies)


def repeatable_number(request: Request) -> int | None:
    """The same for the same Idempotency-Key, caller and address; None without a key.

    What is made under it is made once, even when the answer was lost before it could be kept.
    """
    begun: tuple[str, str] | None = getattr(request.ctx, "idempotency", None)
    return None if begun is None else int(begun[0], 16)


def _key_of(request: Request) -> str | None:
    header = request.headers.get("idempotency-key")
    if header is not None or EVENT_KEY.encode() not in request.body:
        return header
    with suppress(BadBody):  # the handler will say what is wrong with it
        return str(all_fields(request).get(EVENT_KEY) or "") or None
    return None


def _scoped(request: Request, caller: Caller, name: str) -> str:
    """Who has no session, or one that was made for this request, is known by the address alone."""
    who = caller.address if caller.new_session_id else caller.guest_id or caller.address
    parts = f"{who}\n{request.method}\n{request.path}\n{name}"
    return hashlib.blake2b(parts.encode(errors="surrogateescape"), digest_size=20).hexdigest()


def _again(first: Answer, body_hash: str) -> HTTPResponse:
    if first.body_hash != body_hash:
        raise IdempotencyMismatch
    if not first.status:
        raise IdempotencyPending(retry_after=1)
    return HTTPResponse(first.body, first.status, {"Idempotency-Replayed": "true"}, first.content_type)
