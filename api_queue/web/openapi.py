"""The API in the terms of OpenAPI 3.1, read off the routes, their handlers' docstrings and the table of access.

Not by sanic-ext: it cannot be imported without pydantic, which it does not ask for and nothing else here needs.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
from sanic import Sanic
from sanic_routing.route import Route

from api_queue import __version__
from api_queue.web.access_rules import AccessTable, Rule, rules_of
from api_queue.web.openapi_answers import PROBLEM, ROOM_REFUSAL, responses
from api_queue.web.operation import Operation

Json = dict[str, Any]

#: A folder of the package is a tag; in the order in which a newcomer wants them.
TAGS: Final = {
    "queues": "Queues, their items, settings and history, and commands as on a remote control.",
    "playback": "The session of a queue: what plays, and the one speaker that plays it.",
    "stream": "Changes as they happen, by server-sent events; where MQTT has the same.",
    "jobs": "Background work: tasks, their items, and the workers.",
    "tracks": "The library: search, covers, lyrics.",
    "media": "The music itself.",
    "tracklists": "What DJ sets are made of, and CUE sheets.",
    "messages": "Queues of messages for programs, as PyQueue Server and Amazon SQS have them.",
    "karakara": "What the clients of KaraKara ask for: a room of theirs is a queue of ours.",
    "accounts": "Logging in, the tokens of a queue, and what an API key may.",
    "monitoring": "How the server is, for its admins and their Prometheus.",
    "web": "Pages, this description, and whether the server is well.",
}
_PARAMETERS: Final = {
    "name": "Name of the queue.",
    "item_id": "Id of the item.",
    "performer": "Name of the performer, as it stands on the queue.",
    "track_id": "Id or alias of the track.",
    "task_id": "Number of the task.",
    "token_id": "Id of the token, which is not its value.",
    "guest_id": "Public id of the guest.",
    "queue": "Name of the queue of messages.",
    "message_id": "Id of the message.",
    "receipt_handle": "What came with the message when it was received.",
    "device_id": "Id of the device.",
    "code": "The six letters and digits that the device shows.",
    "command": "`play`, `pause`, `skip` and so on; a wrong one is answered with all there are.",
    "tracklist_id": "Id of the tracklist.",
    "correlation_id": "As the order was answered, or as its caller chose it.",
    "slug": "A name as addresses have it: `nova-kin`.",
    "cue_id": "Id of the CUE file.",
    "job_id": "As the order was answered.",
    "batch_id": "As the order was answered.",
    "schedule_id": "As `GET /api/v1/batch/schedule` has it.",
    "format_name": "`standard`, `cdj`, `traktor`, `serato`, `rekordbox` or `kodi`.",
    "audio_file_id": "Id or alias of the recording.",
    "position": "Of the row, counted from 1.",
    "version": "Number of the version.",
    "file": "What an answer of ours named: `<hash>.json` of tracks, the ZIP of an export, a file of a night or track.",
    "path": "Path of the file.",
}
_SCHEMES: Final[Json] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A login token, or an access token of POST /auth."},
    "access_token": {"type": "apiKey", "in": "cookie", "name": "access_token", "description": "Set by POST /auth."},
    "session_id": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session_id",
        "description": "Who a guest is; set with the answer to their first change.",
    },
    "kksid": {
        "type": "apiKey",
        "in": "cookie",
        "name": "kksid",
        "description": "Who a guest of a room is; set at its login.",
    },
    "kkhost": {
        "type": "apiKey",
        "in": "cookie",
        "name": "kkhost",
        "description": "Who its host is; set at a login with its password.",
    },
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "Of a program."},
}
_LOGIN: Final[list[Json]] = [{"bearer": []}, {"access_token": []}]
_PROGRAM: Final[list[Json]] = [{"api_key": []}, *_LOGIN]
_SINGER: Final[list[Json]] = [{}, {"kksid": []}, {"kkhost": []}, {"bearer": []}]
_ANYBODY: Final[list[Json]] = [{}, {"session_id": []}, *_LOGIN]
_IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key again gets the same answer, and nothing is done twice.",
    "schema": {"type": "string"},
}
#: In reading order. OPTIONS is answered before any route.
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_BODY_TYPES: Final = ("application/json", "application/x-www-form-urlencoded")
_PLACEHOLDER: Final = re.compile(r"<(\w+)[^>]*>")
_COMPONENT: Final = "#/components/schemas/{name}"


class Problem(msgspec.Struct):
    """`code` is for programs, `detail` for people; `type` is the address of the error's description."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class RoomRefusal(msgspec.Struct):
    """`message` is for people, or `context.exc` where there is one; `context.code` is for programs."""

    status: int
    message: str
    context: dict[str, Any]
    description: str


class Described(NamedTuple):
    """One route, and all that is known about it. `in_room`: its refusals are those of rooms."""

    method: str
    route: Route
    rule: Rule
    in_room: bool

    @property
    def handler(self) -> Any:
        handler = self.route.handler
        if isinstance(handler, partial):  # as Sanic wraps that of a websocket
            return handler.args[0]
        return getattr(handler, "view_class", handler)

    @property
    def operation(self) -> Operation:
        return Operation.of(self.handler)

    @property
    def path(self) -> str:
        return "/" + _PLACEHOLDER.sub(r"{\1}", self.route.path)

    @property
    def named(self) -> frozenset[str]:
        return frozenset(_PLACEHOLDER.findall(self.route.path))

    @property
    def tag(self) -> str:
        return str(self.handler.__module__).split(".")[1]


def describe(app: "Sanic[Any, Any]", table: AccessTable) -> Json:
    """The whole document. Raises StartRefused where the table does not know a route."""
    routes = _routes(app, table)
    paths: Json = {}
    for described in routes:
        paths.setdefault(described.path, {})[described.method.lower()] = _operation(described)
    return {
        "openapi": "3.1.0",
        "info": {"title": "api_queue", "version": __version__, "description": "The music of a party."},
        "tags": [{"name": name, "description": sentence} for name, sentence in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(routes),
            "responses": {"Problem": PROBLEM, "RoomRefusal": ROOM_REFUSAL},
            "parameters": {"IdempotencyKey": _IDEMPOTENCY_KEY},
            "securitySchemes": _SCHEMES,
        },
    }


def _routes(app: "Sanic[Any, Any]", table: AccessTable) -> list[Described]:
    rules, in_room = rules_of(app, table), tuple(app.ctx.error_forms)
    found = (
        Described(method, route, rules[method, route.path], f"/{route.path}".encode().startswith(in_room))
        for route in app.router.routes
        for method in _METHODS
        if method in route.methods
    )
    return sorted(found, key=lambda each: (each.path, _METHODS.index(each.method)))


def _operation(described: Described) -> Json:
    summary, description = _words(described.handler)
    body = described.operation.body
    return {
        "tags": [described.tag],
        "operationId": str(described.route.name).partition(".")[2],
        "summary": summary,
        **({"description": description} if description else {}),
        "parameters": _parameters(described),
        **({"requestBody": _body(body)} if body else {}),
        "responses": responses(described.operation, described.rule, described.named, in_room=described.in_room),
        "security": _security(described.rule),
        "x-access": described.rule.access,
        "x-callers": described.rule.needs,
    }


def _words(handler: object) -> tuple[str, str]:
    """The first sentence, and what follows it."""
    words = " ".join((inspect.getdoc(handler) or "").split())
    summary, _, description = words.partition(". ")
    return summary.rstrip("."), description


def _parameters(described: Described) -> list[Json]:
    in_path = [
        {"name": name, "in": "path", "required": True, "description": _PARAMETERS[name], "schema": {"type": "string"}}
        for name in _PLACEHOLDER.findall(described.route.path)
    ]
    keyed = described.rule.writes and described.rule.access != "public"
    return [
        *in_path,
        *_query(described.operation.query),
        *([{"$ref": "#/components/parameters/IdempotencyKey"}] if keyed else []),
    ]


def _query(query: type[msgspec.Struct] | Mapping[str, str] | None) -> list[Json]:
    if query is None:
        return []
    if isinstance(query, Mapping):
        said = ((name, {"description": sentence, "schema": {"type": "string"}}) for name, sentence in query.items())
    else:
        (schema,) = msgspec.json.schema(query)["$defs"].values()
        said = ((name, {"schema": each}) for name, each in schema["properties"].items())
    return [{"name": name, "in": "query", **rest} for name, rest in said]


def _body(shape: type[msgspec.Struct]) -> Json:
    needed = any(field.required for field in msgspec.structs.fields(shape))
    schema = {"$ref": _COMPONENT.format(name=shape.__name__)}
    return {"required": needed, "content": {kind: {"schema": schema} for kind in _BODY_TYPES}}


def _security(rule: Rule) -> list[Json]:
    if rule.access == "public":
        return []
    if rule.access in {"key", "author", "watcher"}:
        return _PROGRAM
    if rule.access == "singer":
        return _SINGER
    return _ANYBODY if rule.access in {"open", "guest"} else _LOGIN


def _schemas(routes: Iterable[Described]) -> Json:
    shapes = {described.operation.body for described in routes} - {None}
    ordered = sorted((shape for shape in shapes if shape), key=lambda shape: shape.__name__)
    return msgspec.json.schema_components([*ordered, Problem, RoomRefusal], ref_template=_COMPONENT)[1]
