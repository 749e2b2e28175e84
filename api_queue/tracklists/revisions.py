"""Which revision a request means, and whose it is."""

import re
from typing import Final

from sanic import Request

from api_queue.web.identity import Caller

_TAG: Final = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*', re.ASCII)
#: A tag that is none of ours fits no revision.
_NONE_OF_OURS: Final = 0


def asked_rev(request: Request, of_body: int | None = None) -> int | None:
    """By `If-Match`, else by the body; None means whichever it is now."""
    tag = request.headers.get("if-match")
    if tag is None:
        return of_body
    if tag.strip() == "*":
        return None
    found = _TAG.fullmatch(tag)
    return int(found[1]) if found else _NONE_OF_OURS


def who(request: Request) -> str:
    """The id of the login token or key, which is not its value."""
    caller: Caller = request.ctx.caller
    return caller.grants[0].token_id if caller.grants else ""
