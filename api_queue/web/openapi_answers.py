"""What a route may answer, by number: its handler's own, what the door says, and what lies below.

`make fuzz` and a test ask every route as every role, and compare.
"""

from http import HTTPStatus
from typing import Any, Final

from api_queue.web.access_rules import Rule
from api_queue.web.operation import Operation

Json = dict[str, Any]

PROBLEM: Final[Json] = {
    "description": "Refused; `/docs/errors` has every code. Facts of the error stand beside these fields.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
ROOM_REFUSAL: Final[Json] = {
    "description": "Refused, as the clients of KaraKara read it: what they look at is `status`, here in the body.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RoomRefusal"}}},
}
#: Answers that come with what was asked for, be it a no.
_FULL: Final = frozenset({200, 201, 202, 206, 401})


def responses(operation: Operation, rule: Rule, named: frozenset[str], *, in_room: bool) -> Json:
    """`named`: the placeholders of the path. `default` is what HTTP itself refuses, such as a head that is too long."""
    good = {str(status): _good(operation, status) for status in (operation.status, *operation.also)}
    refusal = {"$ref": f"#/components/responses/{'RoomRefusal' if in_room else 'Problem'}"}
    refused = sorted(_refused(operation, rule, named, in_room=in_room) - {operation.status, *operation.also})
    return good | {str(status): refusal for status in (*refused, "default")}


def _good(operation: Operation, status: int) -> Json:
    said: Json = {"description": HTTPStatus(status).phrase}
    if status in _FULL:
        said["content"] = {kind: {} for kind in operation.media_type.split(", ")}
    return said


def _refused(operation: Operation, rule: Rule, named: frozenset[str], *, in_room: bool) -> set[int]:
    has_body, looked_at = operation.body is not None, rule.access != "public"
    possible = {
        400 if in_room else 422: has_body or operation.query is not None or bool(named) or (rule.writes and looked_at),
        401: looked_at,  # of anybody: who shows a login that is no good is no silent guest
        403: rule.access not in {"public", "open"} or rule.same_site,
        404: bool(named),
        409: rule.writes and looked_at,
        413: rule.writes,
        429: looked_at or rule.limit is not None,  # wrong logins are counted everywhere
        503: looked_at or rule.writes,
    }
    return {status for status, is_possible in possible.items() if is_possible} | set(operation.refuses)
