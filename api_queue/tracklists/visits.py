"""When the site is asked, and what follows from its answers: the manners of the client.

One request at a time for the whole server and a pause after each, searches, redirects and robots.txt included; what
may pass is tried again, later each time; a block or failures in a row keep everybody away for a while (`turns.py`).
There is no way round a block.
"""

import asyncio
import math
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final, Generic, TypeVar

from api_queue.errors import (
    ApiQueueError,
    BlockedPage,
    ForeignAddress,
    PageMissing,
    RobotsForbid,
    SiteAway,
    SiteBlocked,
    SiteBusy,
)
from api_queue.formats.figures import Figure
from api_queue.tracklists.fetch import NoReply, Reply, SiteClient, target_of
from api_queue.tracklists.robots import READ_BYTES, Robots
from api_queue.tracklists.turns import Ending, Turns

T = TypeVar("T")

_HOPS: Final = 5
#: Between two looks whether the one before is done; who has not looked for turns.GONE_MS has left.
_POLL_S: Final = 0.1
_POLL_MOST_S: Final = 1.0
#: Added to a turn, so that it never ends before its request.
_SPARE_S: Final = 5.0
_LONGEST_BACKOFF_S: Final = 10.0
_BLOCKS: Final = frozenset({403, 429})
_PASSING: Final = frozenset({408, 502, 503, 504})
#: Where neither the site nor the breaker says when to come back.
_LATER_S: Final = 30


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was read of a page, and where that was in the end."""

    url: str
    value: T


class _Fault(Exception):
    """Of the site, not of what was wanted."""

    def __init__(self, reason: str, *, passing: bool = False, blocked: bool = False, retry_after_s: float = 0) -> None:
        super().__init__(reason)
        self.passing = passing
        self.blocked = blocked
        self.retry_after_s = retry_after_s
        self.open_ms = 0

    @property
    def ending(self) -> Ending:
        return Ending("blocked" if self.blocked else "failed", f"{self}", round(self.retry_after_s * 1000))

    def told(self) -> SiteAway:
        seconds = math.ceil(max(self.open_ms / 1000, self.retry_after_s)) or _LATER_S
        return (SiteBlocked if self.blocked else SiteAway)(reason=f"{self}", retry_after=seconds)


class Visits:
    def __init__(self, client: SiteClient, turns: Turns, chance: Random) -> None:
        self._client = client
        self._turns = turns
        self._chance = chance
        self._outcomes: Counter[str] = Counter()

    def figures(self) -> Iterator[Figure]:
        return (Figure("site_requests_total", times, {"outcome": each}) for each, times in self._outcomes.items())

    @asynccontextmanager
    async def visit(self, patience_s: float, by: str = "") -> AsyncIterator["Visit"]:
        """For one thing that is wanted, whatever requests it takes; nobody else asks meanwhile. `by`: for whom, of
        whose visits but turns.MOST_OF_ONE may wait; empty for the server's own tasks.

        Raises SiteBusy when it would begin later than the caller wants to wait, SiteAway, SiteBlocked.
        """
        deadline_s = asyncio.get_running_loop().time() + patience_s
        who = f"{by}:{secrets.token_hex(8)}"
        visit = Visit(who, self._client, self._turns, self._chance, deadline_s, self._outcomes)
        try:
            await visit.wait()
            yield visit
        finally:
            await self._turns.leave(visit.who)


class Visit:
    def __init__(
        self,
        who: str,
        client: SiteClient,
        turns: Turns,
        chance: Random,
        deadline_s: float,
        outcomes: Counter[str],
    ) -> None:
        self.who = who
        self._client = client
        self._turns = turns
        self._chance = chance
        self._deadline_s = deadline_s
        self._outcomes = outcomes
        self._gap_s = client.manners.delay_s

    async def get(self, url: str, read: Callable[[str], T], form: Mapping[str, str] | None = None) -> Answer[T]:
        """What `read` makes of the page; it raises BlockedPage for a refusal. `form` is sent there, as a search is.

        Raises SiteAway, SiteBlocked, SiteBusy, RobotsForbid, PageMissing, and what `read` raises.
        """
        robots = await self._robots()
        for _ in range(_HOPS):
            _check(robots, url)
            reply = await self._patiently(url, read, form)
            if isinstance(reply, Answer):
                return reply
            url, form = self._after(url, reply), None
        raise SiteAway(reason="it sends us from one address to the next", retry_after=_LATER_S)

    def _after(self, url: str, location: str) -> str:
        """Asked before anything is sent there. Raises SiteAway."""
        try:
            return self._client.site.after(url, location)
        except ForeignAddress:
            raise SiteAway(reason="it sends us to another host, where we do not go", retry_after=_LATER_S) from None

    # -- robots.txt --------------------------------------------------------------------------------------------

    async def _robots(self) -> Robots:
        """Also for the site's other names, which all lead to the one that has it."""
        if not self._client.manners.robots:
            return Robots()
        text = await self._turns.robots()
        if text is None:
            text = await self._fetch_robots()
            await self._turns.keep_robots(text)
        return self._mind(text)

    def _mind(self, text: str) -> Robots:
        robots = Robots.read(text)
        self._gap_s = max(self._client.manners.delay_s, robots.crawl_delay_s)
        return robots

    async def _fetch_robots(self) -> str:
        """Empty where the site has none: it asks for nothing then."""
        url = f"{self._client.site.base}/robots.txt"
        try:
            for _ in range(_HOPS):
                reply = await self._patiently(url, self._robots_text)
                if isinstance(reply, Answer):
                    return reply.value
                url = self._after(url, reply)
        except PageMissing:
            return ""
        raise SiteAway(reason="its robots.txt is nowhere to be found", retry_after=_LATER_S)

    def _robots_text(self, text: str) -> str:
        """The pause that it asks for begins with its own request."""
        if text.lstrip().startswith("<"):
            raise BlockedPage(reason="it answers with a page in place of its robots.txt")
        self._mind(text)
        return text[:READ_BYTES]

    # -- requests ----------------------------------------------------------------------------------------------

    async def _patiently(
        self, url: str, read: Callable[[str], T], form: Mapping[str, str] | None = None
    ) -> Answer[T] | str:
        """The answer, or where it leads."""
        last: _Fault | None = None
        for attempt in range(self._client.manners.retries + 1):
            try:
                return await self._ask(url, read, form, attempt)
            except SiteBusy:  # there is no time left to try it again
                if last is None:
                    raise
                break
            except _Fault as fault:
                last = fault
                if not fault.passing or fault.open_ms:
                    break
        assert last is not None
        raise last.told()

    async def _ask(
        self, url: str, read: Callable[[str], T], form: Mapping[str, str] | None, attempt: int
    ) -> Answer[T] | str:
        """One request, and what all others have to know of it. Raises _Fault."""
        await self.wait()
        try:
            reply = await _understood(await self._client.send(url, form), url, read)
        except NoReply as error:
            raise await self._failed(_Fault(f"{error}", passing=error.passing), attempt) from None
        except _Fault as fault:
            raise await self._failed(fault, attempt) from None
        except BaseException as error:  # of ours: the site did answer; any other: its caller went away
            await self._end(Ending("ok" if isinstance(error, ApiQueueError) else "left"))
            raise
        await self._end(Ending("ok"))
        return reply

    async def _failed(self, fault: _Fault, attempt: int) -> _Fault:
        backoff_s = min(self._client.manners.retry_s * 2.0**attempt, _LONGEST_BACKOFF_S)
        pause_s = max(backoff_s * (0.5 + self._chance.random() / 2), fault.retry_after_s)
        fault.open_ms = await self._end(fault.ending, pause_s)
        return fault

    async def _end(self, ending: Ending, pause_s: float = 0.0) -> int:
        self._outcomes[ending.outcome] += 1
        return await self._turns.end(self.who, ending, round(max(pause_s, self._gap_s) * 1000), self._turn_ms)

    @property
    def _turn_ms(self) -> int:
        return round((self._client.manners.timeout_s + self._gap_s + _SPARE_S) * 1000)

    async def wait(self) -> None:
        """Until a request may be sent. Raises SiteBusy, SiteAway, SiteBlocked."""
        while (asked := await self._turns.begin(self.who, self._turn_ms)).what != "turn":
            wait_s = asked.ms / 1000
            if asked.what == "open":
                raise (SiteBlocked if asked.blocked else SiteAway)(reason=asked.reason, retry_after=math.ceil(wait_s))
            if asked.what == "full" or asyncio.get_running_loop().time() + wait_s > self._deadline_s:
                raise SiteBusy(retry_after=math.ceil(max(wait_s, self._gap_s)))
            await asyncio.sleep(min(wait_s or _POLL_S, _POLL_MOST_S))


def _check(robots: Robots, url: str) -> None:
    target = target_of(url)
    if not robots.allows(target):
        raise RobotsForbid(path=target)


async def _understood(reply: Reply, url: str, read: Callable[[str], T]) -> Answer[T] | str:
    """Pages take up to a second to be read, which is therefore done in a thread.

    Raises _Fault, PageMissing for any other fault of what was asked for, and what `read` raises but BlockedPage.
    """
    if reply.location:
        return reply.location
    if reply.status in _BLOCKS:
        raise _Fault(f"it answered {reply.status}", blocked=True, retry_after_s=reply.retry_after_s)
    if reply.status in _PASSING:
        raise _Fault(f"it answered {reply.status}", passing=True, retry_after_s=reply.retry_after_s)
    if 400 <= reply.status < 500:
        raise PageMissing(url=url)
    if not 200 <= reply.status < 300:
        raise _Fault(f"it answered {reply.status}")
    try:
        return Answer(url, await asyncio.to_thread(read, reply.text))
    except BlockedPage as block:
        raise _Fault(f"{block.facts['reason']}", blocked=True) from None
