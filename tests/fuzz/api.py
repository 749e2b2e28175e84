"""`make fuzz`: every operation of our own OpenAPI, asked as every role, with what its schema allows and what not.

No answer may be a fault of ours, and each has the status, type and shape that are declared for it: by number, since
`default` would allow anything.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, get_args

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, Response
from schemathesis.checks import load_all_checks
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from api_queue.accounts.api_keys import queue_rights
from api_queue.accounts.models import TokenRole
from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.types import QueueName
from api_queue.web.programs import RIGHTS
from tests.house import House, a_house, furnish

Headers = Mapping[str, str]
#: What a caller sends besides, by role.
Callers = Mapping[str, Headers]
#: Real values, by the name of a parameter or field: else nearly all answers would be 404.
Known = Mapping[str, Sequence[str]]

PARTY: Final = QueueName("party")
#: Of three values two are real, where some are known.
REAL_OF_THREE: Final = 2
TIMEOUT_S: Final = 60
#: They answer for as long as their caller listens; tests/stream has what they say.
ENDLESS: Final = frozenset(
    {"/events", "/events/queues", "/queue/{name}/events", "/api/queues/stream", "/ws/queues", "/api/mqtt",
     "/api/v1/batch/{batch_id}/progress"}
)  # fmt: skip
#: 503 there says that something is away, and it is: the site of tracklists, or the relay.
AWAY: Final = frozenset({"/api/v1/search/dj/{slug}", "/api/v1/search/event/{slug}", "/api/v1/admin/health"})
ROLES: Final = get_args(TokenRole)
OF_A_QUEUE: Final = frozenset({"helper", "host", "speaker", "screen"})
#: No limit is in the way; the tests of limits have them.
UNLIMITED: Final[dict[str, Any]] = {
    f"rate_{name}": 1_000_000
    for name in ("logins_per_minute", "mints_per_minute", "pairings_per_10_minutes")
} | {"queues_guest_per_hour": 1_000_000, "accounts_per_hour": 1_000_000}  # fmt: skip
_CHECKS: Final = [
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


async def faults(house: House, examples: int, askers: int) -> list[str]:
    """Of `examples` requests to each operation, each sent by `askers` callers; the same ones at each call."""
    loop = asyncio.get_running_loop()
    async with house.admin() as admin:
        document, known = (await admin.get("/docs/openapi.json")).json(), await _known(admin)

    def fresh() -> Callers:
        return asyncio.run_coroutine_threadsafe(_callers(house), loop).result()

    inquiry = Inquiry(house.url, known, fresh, examples, askers)
    return await asyncio.to_thread(lambda: list(inquiry.faults(document)))


async def _callers(house: House) -> Callers:
    await house.parts.queues.ensure(PARTY, "Party")
    tokens = house.parts.tokens
    made = {role: await tokens.create(role, PARTY if role in OF_A_QUEUE else None) for role in ROLES}
    key = await house.parts.api_keys.create("all", queue_rights({"*": RIGHTS}))
    return {role: {"Authorization": f"Bearer {value}"} for role, (_, value) in made.items()} | {
        "nobody": {},
        "guest": {"Cookie": "session_id=guest-number-000000000001"},
        "program": {"X-API-Key": key},
    }


async def _known(admin: httpx.AsyncClient) -> Known:
    tracks = [track["track_id"] for track in (await admin.get("/tracks")).json()["tracks"]][:3]
    item = (await admin.post("/queue/party/items", json={"track_id": tracks[0], "performer_name": "Ana"})).json()
    rows = [{"position": 1, "artist": "Ana", "title": "Song", "start_time": "00:00"}]
    made = {"title": "Set", "artist": "Ana", "audio_file_id": tracks[0], "tracks": rows}
    drafted = await admin.post("/api/v1/tracklists/manual", json=made)
    return {
        **{name: [f"{PARTY}"] for name in ("name", "queue", "queue_name")},
        "track_id": tracks,
        "audio_file_id": tracks,
        "item_id": [item["id"]],
        "performer_name": ["Ana"],
        "tracklist_id": [drafted.json()["id"]],
        "format_name": ["cdj"],
        "command": ["play", "skip"],
        "code": ["ABC123"],
    }


class Inquiry:
    """`fresh` makes callers: some operations log them out, or end the party."""

    def __init__(self, url: str, known: Known, fresh: Callable[[], Callers], examples: int, askers: int) -> None:
        self._url = url
        self._known = known
        self._fresh = fresh
        self._callers: Callers = {}
        self._examples = examples
        self._askers = askers
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def faults(self, document: dict[str, Any]) -> Iterator[str]:
        load_all_checks()
        self._callers = self._fresh()
        with self._session:
            for result in schemathesis.openapi.from_dict(document).get_all_operations():
                assert isinstance(result, Ok), result
                operation = result.ok()
                if operation.path not in ENDLESS:
                    declared = set(document["paths"][operation.path][operation.method]["responses"])
                    yield from self._faults_of(operation, declared)

    def _faults_of(self, operation: "APIOperation[Any, Any, Any, Any]", declared: set[str]) -> list[str]:
        """One of each status."""
        found: dict[int, str] = {}

        @settings(
            max_examples=self._examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data(), st.permutations(sorted(self._callers)), operation.as_strategy())
        def ask(data: st.DataObject, roles: list[str], case: "Case[Any]") -> None:
            _make_real(data, case, self._known)
            for role in roles[: self._askers]:
                answer = self._ask(case, role)
                if fault := _fault(case, answer, declared):
                    found.setdefault(answer.status_code, f"{role}: {answer.status_code}: {fault}")

        ask()
        return list(found.values())

    def _ask(self, case: "Case[Any]", role: str) -> Response:
        answer = case.call(
            base_url=self._url,
            session=self._session,
            headers=dict(self._callers[role]),
            timeout=TIMEOUT_S,
            allow_redirects=False,
        )
        if case.method != "GET" and answer.status_code < 400:
            self._callers = self._fresh()
        return answer


def _make_real(data: st.DataObject, case: "Case[Any]", known: Known) -> None:
    told: tuple[Any, ...] = (case.path_parameters, case.query, case.body)
    for values in (each for each in told if isinstance(each, dict)):
        for name in sorted(values.keys() & known.keys()):
            if data.draw(st.integers(1, 3)) <= REAL_OF_THREE:
                values[name] = data.draw(st.sampled_from(known[name]))


def _fault(case: "Case[Any]", answer: Response, declared: set[str]) -> str | None:
    status = answer.status_code
    if status >= 500 and not (status == 503 and case.path in AWAY):
        return f"{case.as_curl_command()}: {answer.text[:300]}"
    if f"{status}" not in declared:
        return f"undeclared: {case.as_curl_command()}: {answer.text[:300]}"
    try:
        case.validate_response(answer, checks=_CHECKS)
    except BaseExceptionGroup as group:
        return "; ".join(map(str, group.exceptions))
    return None


async def _long(examples: int) -> list[str]:
    with TemporaryDirectory() as folder, TemporaryDirectory() as empty:
        furnished = Path(empty)
        redis = EmbeddedRedis(Path(folder, "redis"), "everysec")
        redis.start()
        try:
            await furnish(redis.url, furnished)
            async with a_house(redis.url, furnished, Path(folder, "data"), **UNLIMITED) as house:
                return await faults(house, examples, askers=len(ROLES) + 3)
        finally:
            redis.stop()


def main() -> None:
    """The number of requests to each operation. Prints what is wrong, and ends with 1 then."""
    logging.disable(logging.CRITICAL)
    found = asyncio.run(_long(int(sys.argv[1])))
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
