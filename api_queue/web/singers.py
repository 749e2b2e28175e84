"""Who calls from a client of KaraKara, by two cookies: `kksid`, a guest's, which scripts read; `kkhost`, that of the
room's host, which none can.

Neither is ever refused: one that is not good is as if it were not there.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

from sanic import Request
from sanic.response import BaseHTTPResponse

from api_queue.errors import Unauthorized
from api_queue.types import QueueName
from api_queue.web.credentials import read_bearer, read_cookies
from api_queue.web.identity import Caller, IdentityResolver, Presented

_KKSID: Final = "kksid"
_KKHOST: Final = "kkhost"
#: The public id of a guest, and a session as `IdentityResolver.new_guest` makes them. A login token cannot be one.
_GUEST: Final = re.compile(r"([a-z2-7]{16})-(g[0-9a-f]{40})")
#: What a cookie of the host begins with. It cannot be guessed, so that trying others is not counted.
HOST: Final = "kk_"
_HOST: Final = re.compile(rf"{HOST}[a-z2-7]{{32}}")
#: The longest that browsers keep a cookie.
KEPT_S: Final = 400 * 86_400


@dataclass(frozen=True, slots=True)
class Singer:
    """`kksid` as it came, where it is good; `host_token_id` of the login token in `kkhost`, where that is."""

    caller: Caller
    kksid: str | None
    host_token_id: str | None


async def singer(resolver: IdentityResolver, request: Request, address: str) -> Singer:
    """A bearer in the header wins over `kkhost`; raises Unauthorized when it is no good."""
    cookies = read_cookies(request.headers.get("cookie", ""))
    kksid, session = await _guest(resolver, cookies.get(_KKSID, ""), address)
    authorization = request.headers.get("authorization")
    if authorization is not None:
        who = Presented(session, read_bearer(authorization), address)
        return Singer(await resolver.resolve(who), kksid, None)
    if kkhost := _HOST.fullmatch(cookies.get(_KKHOST, "")):
        host = await _or_none(resolver, Presented(session, login_token(kkhost[0]), address))
        if host is not None:
            return Singer(host, kksid, host.grants[0].token_id)
    return Singer(await resolver.resolve(Presented(session, None, address)), kksid, None)


def login_token(kkhost: str) -> str:
    """The value of the login token behind it. Nobody is told that: a password of many would open our own addresses too,
    where hosts make hosts who stay when it is changed.
    """
    digest = hashlib.sha256(kkhost.encode()).digest()[:20]
    return f"aq_{base64.b32encode(digest).decode().lower()}"


async def _guest(resolver: IdentityResolver, kksid: str, address: str) -> tuple[str | None, str | None]:
    """The cookie and the session in it, if both halves belong together: a first half of another guest is forged."""
    halves = _GUEST.fullmatch(kksid)
    if halves is None:
        return None, None
    guest, session = halves.groups()
    caller = await resolver.resolve(Presented(session, None, address))
    return (kksid, session) if caller.guest_id == guest else (None, None)


async def _or_none(resolver: IdentityResolver, who: Presented) -> Caller | None:
    try:
        return await resolver.resolve(who)
    except Unauthorized:
        return None


def set_cookies(response: BaseHTTPResponse, room: QueueName, kksid: str, kkhost: str | None, *, secure: bool) -> None:
    """Scripts compare the first half of `kksid` with the owners of items. `kkhost` goes to the room's own addresses
    alone; it stays as it is with None, and goes with an empty text.
    """
    options: dict[str, Any] = {"samesite": "Strict", "secure": secure}
    response.add_cookie(_KKSID, kksid, httponly=False, max_age=KEPT_S, **options)
    if kkhost is not None:
        max_age_s = KEPT_S if kkhost else 0
        response.add_cookie(_KKHOST, kkhost, path=f"/api/room/{room}", httponly=True, max_age=max_age_s, **options)


def drop_kksid(response: BaseHTTPResponse, *, secure: bool) -> None:
    response.add_cookie(_KKSID, "", httponly=False, samesite="Strict", secure=secure, max_age=0)
