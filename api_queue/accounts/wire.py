"""Tokens and callers as JSON."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from api_queue.accounts.models import LONGEST_LABEL, LONGEST_TTL_S, MOST_USES, LoginToken, SignedIn, moment
from api_queue.web.identity import RANK, Caller


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """POST /auth: a login token, or the one-time code of the admin link."""

    token: str | None = None
    code: str | None = None


class Renewal(msgspec.Struct):
    """POST /auth/refresh, when no cookie says it."""

    refresh_token: str | None = None


class Departure(Renewal):
    """POST /auth/logout; `everywhere`: all logins that were made with the same login token."""

    everywhere: bool = False


class Invitation(msgspec.Struct, forbid_unknown_fields=True):
    """POST /queue/X/invite."""

    role: Literal["helper", "host", "speaker", "screen"]
    label: Annotated[str, Meta(max_length=LONGEST_LABEL)] = ""
    ttl_s: Annotated[int, Meta(ge=1, le=LONGEST_TTL_S)] | None = None
    max_uses: Annotated[int, Meta(ge=1, le=MOST_USES)] | None = None


def token_json(token: LoginToken) -> dict[str, object]:
    """Without the value, which nobody has any more, and without its hash."""
    return {
        "token_id": token.token_id,
        "role": token.role,
        "queue": token.queue,
        "community": token.community,
        "label": token.label,
        "created_at": _iso(token.created_at_ms),
        "expires_at": _iso(token.expires_at_ms),
        "max_uses": token.max_uses,
        "uses": token.uses,
        "revoked_at": _iso(token.revoked_at_ms),
        "last_used_at": _iso(token.last_used_at_ms),
    }


def new_token_json(token: LoginToken, value: str) -> dict[str, object]:
    """The one answer that shows the value."""
    return {**token_json(token), "token": value}


def caller_json(caller: Caller) -> dict[str, object]:
    grants = sorted(caller.grants, key=lambda grant: RANK.index(grant.role), reverse=True)
    return {
        "role": grants[0].role if grants else "guest",
        "queue": grants[0].queue if grants else None,
        "guest_id": caller.guest_id,
        "signed_in": caller.signed_in,
        "grants": [{"role": grant.role, "queue": grant.queue} for grant in grants],
    }


def user_of(signed_in: SignedIn) -> dict[str, Any]:
    """What sanic-jwt calls a user; all but `refresh` goes into the access token."""
    token = signed_in.token
    return {
        "sub": token.token_id,
        "role": token.role,
        "queue": token.queue,
        "login": signed_in.login_id,
        "refresh": signed_in.refresh,
    }


def _iso(time_ms: int | None) -> str | None:
    return None if time_ms is None else moment(time_ms).isoformat(timespec="milliseconds")
