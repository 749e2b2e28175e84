"""Tokens, callers and programs as JSON."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from api_queue.accounts.models import LONGEST_LABEL, LONGEST_TTL_S, MOST_USES, LoginToken, SignedIn, moment
from api_queue.types import Right
from api_queue.web.identity import RANK, Caller
from api_queue.web.programs import RIGHTS, Program


class Credentials(msgspec.Struct):
    """POST /auth, POST /token: a login token, the one-time code of the admin link, or an account.

    Programs that know OAuth 2 send `grant_type`, and more that we do not ask for (RFC 6749, 3.2).
    """

    token: str | None = None
    code: str | None = None
    username: str | None = None
    password: str | None = None
    grant_type: str | None = None


class Renewal(msgspec.Struct):
    """POST /auth/refresh, when no cookie says it."""

    refresh_token: str | None = None
    grant_type: str | None = None


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


def invitation_json(token: LoginToken, value: str, base: str) -> dict[str, object]:
    """The token stands in the fragment, which no server gets; the page there swaps it for cookies."""
    return {**new_token_json(token, value), "url": f"{base}/login#token={value}"}


def caller_json(caller: Caller) -> dict[str, object]:
    grants = sorted(caller.grants, key=lambda grant: RANK.index(grant.role), reverse=True)
    return {
        "role": grants[0].role if grants else "guest",
        "queue": grants[0].queue if grants else None,
        "guest_id": caller.guest_id,
        "signed_in": caller.signed_in,
        "grants": [{"role": grant.role, "queue": grant.queue} for grant in grants],
    }


def program_json(program: Program) -> dict[str, object]:
    """Names of PyQueue, as those of `permissions_json`; `*` stands for all queues there too."""
    return {
        "description": program.description,
        "accessible_queues": [*program.queues],
        "queue_permissions": {
            queue: {"permissions": rights_json(held), **_can(held)} for queue, held in program.queues.items()
        },
        "total_accessible_queues": len(program.queues),
    }


def permissions_json(program: Program, queue: str) -> dict[str, object]:
    held = program.rights_on(queue)
    return {"queue_name": queue, "has_access": bool(held), **_can(held)}


def rights_json(held: frozenset[Right]) -> list[Right]:
    return [right for right in RIGHTS if right in held]


def _can(held: frozenset[Right]) -> dict[str, bool]:
    return {f"can_{right}": right in held for right in RIGHTS}


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
