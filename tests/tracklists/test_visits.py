"""What the site sees of us: its own log says so."""

import asyncio
import gzip
import threading

import pytest

from api_queue.errors import PageMissing, RobotsForbid, SiteAway, SiteBlocked
from api_queue.tracklists.turns import Breaker
from tests.tracklists.site.server import Page, SiteServer, a_site, moved
from tests.tracklists.visitors import BLOCK, MANNERS, SLACK_S, Visitor, a_visitor

pytestmark = pytest.mark.usefixtures("redis")
CLOSED = Breaker(0, 0, "", blocked=False, most=5)


# -- requests ------------------------------------------------------------------------------------------------


async def test_a_redirect_is_a_request_of_its_own(site: SiteServer, visitor: Visitor) -> None:
    site.crawl_delay(0.15)
    site.serve("/short", moved("/page"))
    assert await visitor.read("/short") == "a page"
    assert site.paths == ["/robots.txt", "/short", "/page"]
    assert min(site.gaps_s) >= 0.15 - SLACK_S


async def test_the_server_goes_on_while_a_page_is_read(site: SiteServer, visitor: Visitor) -> None:
    going_on = threading.Event()

    def read(text: str) -> str:
        asyncio.run_coroutine_threadsafe(_set(going_on), loop)
        assert going_on.wait(20), "the page was read on the event loop"
        return text

    loop = asyncio.get_running_loop()
    async with visitor.visits.visit(20) as visit:
        assert (await visit.get(f"{site.url}/page", read)).value == "a page"


async def _set(event: threading.Event) -> None:
    event.set()


# -- robots.txt ------------------------------------------------------------------------------------------------


async def test_what_robots_txt_disallows_is_not_asked_for(site: SiteServer, visitor: Visitor) -> None:
    with pytest.raises(RobotsForbid, match="'/user/x'"):
        await visitor.read("/user/x")
    assert site.paths == ["/robots.txt"]


async def test_nor_where_a_redirect_leads_there(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/short", moved("/user/x"))
    with pytest.raises(RobotsForbid):
        await visitor.read("/short")
    assert site.paths == ["/robots.txt", "/short"]


@pytest.mark.parametrize("path", ["/page/../user/x", "/page/a/../../user/x", "/./user/x"])
async def test_dots_hide_no_path_from_robots_txt(site: SiteServer, visitor: Visitor, path: str) -> None:
    site.serve("/short", moved(f"{site.url}{path}"))
    for asked in (path, "/short"):
        with pytest.raises(RobotsForbid, match="'/user/x'"):
            await visitor.read(asked)
    assert "/user/x" not in site.paths


async def test_robots_txt_is_read_once_for_all_processes(redis_url: str, site: SiteServer, visitor: Visitor) -> None:
    await visitor.read("/page")
    async with a_visitor(redis_url, site.url) as another:
        await another.read("/page")
    assert site.paths == ["/robots.txt", "/page", "/page"]


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_a_site_without_robots_txt_asks_for_nothing(site: SiteServer, visitor: Visitor, status: int) -> None:
    """RFC 9309, 2.3.1.3."""
    site.serve("/robots.txt", Page(status=status))
    assert await visitor.read("/page") == "a page"


@pytest.mark.parametrize("page", [Page(status=500), Page(body=BLOCK), moved("http://other.example/robots.txt")])
async def test_nothing_is_read_while_nobody_knows_what_is_allowed(
    site: SiteServer, visitor: Visitor, page: Page
) -> None:
    site.serve("/robots.txt", page)
    with pytest.raises(SiteAway):
        await visitor.read("/page")
    assert site.pages == []


async def test_an_operator_may_leave_robots_txt_out(redis_url: str, site: SiteServer) -> None:
    async with a_visitor(redis_url, site.url, robots=False) as visitor:
        assert await visitor.read("/page") == "a page"
    assert site.paths == ["/page"]


# -- other hosts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "user@127.0.0.1"])
async def test_nothing_is_sent_to_another_host_or_port(site: SiteServer, visitor: Visitor, host: str) -> None:
    async with a_site() as other:
        site.serve("/short", moved(f"http://{host}:{other.url.rpartition(':')[2]}/page"))
        with pytest.raises(SiteAway, match="another host"):
            await visitor.read("/short")
        assert other.log == []
    assert site.pages == ["/short"]


async def test_a_circle_of_redirects_ends(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/round", moved("/round"))
    with pytest.raises(SiteAway, match="from one address to the next"):
        await visitor.read("/round")
    assert len(site.pages) == 5


# -- faults ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_fault_that_passes_is_waited_out(site: SiteServer, visitor: Visitor, status: int) -> None:
    site.serve("/page", Page(status=status), Page(status=status), "a page")
    assert await visitor.read("/page") == "a page"
    assert site.pages == ["/page"] * 3


async def test_the_pauses_grow(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(status=503))
    async with a_visitor(redis_url, site.url, retry_s=0.2) as visitor:
        with pytest.raises(SiteAway, match="it answered 503"):
            await visitor.read("/page")
    _, first, second = site.gaps_s
    assert first >= 0.1 - SLACK_S
    assert second >= 0.2 - SLACK_S


async def test_a_slow_answer_is_given_up(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(after_s=5), "a page")
    async with a_visitor(redis_url, site.url, timeout_s=0.2) as visitor:
        assert await visitor.read("/page") == "a page"


async def test_a_retry_after_is_obeyed(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/page", Page(status=503, headers={"Retry-After": "90"}))
    with pytest.raises(SiteAway) as away:
        await visitor.read("/page", patience_s=5)
    assert away.value.facts["retry_after"] == 90
    assert site.pages == ["/page"]


async def test_a_body_without_an_end_is_cut_off(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/page", Page(endless=True))
    with pytest.raises(SiteAway, match="longer than"):
        await visitor.read("/page")


async def test_a_small_page_that_unpacks_to_a_huge_one_is_cut_off(site: SiteServer, visitor: Visitor) -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024), 1)
    site.serve("/page", Page(body=bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SiteAway, match="longer than"):
        await visitor.read("/page")


async def test_a_page_is_utf_8_and_may_be_packed(site: SiteServer, visitor: Visitor) -> None:
    packed = gzip.compress("Zoë – żółw".encode())
    latin = {"Content-Encoding": "gzip", "Content-Language": "de"}
    site.serve("/page", Page(body=packed, headers=latin))
    assert await visitor.read("/page") == "Zoë – żółw"


@pytest.mark.parametrize("status", [400, 404, 410, 414])
async def test_a_page_that_is_not_there_is_no_fault(site: SiteServer, visitor: Visitor, status: int) -> None:
    """Else whoever asks for addresses that are none shuts out all others."""
    site.serve("/none", Page(status=status))
    with pytest.raises(PageMissing):
        await visitor.read("/none")
    assert (await visitor.turns.breaker()).failures == 0


# -- blocks and the breaker ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [Page(status=403), Page(status=429), Page(body=BLOCK)])
async def test_after_one_block_nobody_asks(redis_url: str, site: SiteServer, visitor: Visitor, page: Page) -> None:
    site.serve("/page", page)
    with pytest.raises(SiteBlocked):
        await visitor.read("/page")
    async with a_visitor(redis_url, site.url) as another:
        with pytest.raises(SiteBlocked) as blocked:
            await another.read("/page")
    assert 55 <= int(f"{blocked.value.facts['retry_after']}") <= 60
    assert site.pages == ["/page"]


async def test_a_block_lasts_as_long_as_the_site_says(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/page", Page(status=429, headers={"Retry-After": "700"}))
    with pytest.raises(SiteBlocked) as blocked:
        await visitor.read("/page")
    assert blocked.value.facts["retry_after"] == 700


@pytest.mark.parametrize("said", ["99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_but_a_week_at_most(site: SiteServer, visitor: Visitor, said: str) -> None:
    site.serve("/page", Page(status=429, headers={"Retry-After": said}))
    with pytest.raises(SiteBlocked) as blocked:
        await visitor.read("/page")
    assert blocked.value.facts["retry_after"] == 7 * 86_400


async def test_failures_in_a_row_open_the_breaker(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(status=500))
    async with a_visitor(redis_url, site.url, failures=2) as visitor:
        for _ in range(3):
            with pytest.raises(SiteAway, match="it answered 500"):
                await visitor.read("/page")
    assert site.pages == ["/page"] * 2


async def test_what_goes_well_in_between_begins_the_count_anew(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(status=500), "a page", Page(status=500), "a page")
    async with a_visitor(redis_url, site.url, failures=2) as visitor:
        for _ in range(2):
            with pytest.raises(SiteAway):
                await visitor.read("/page")
            assert await visitor.read("/page") == "a page"


async def test_half_open_one_request_tries_and_its_success_closes_the_breaker(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(body=BLOCK), "a page")
    async with a_visitor(redis_url, site.url, open_s=0.1) as visitor:
        with pytest.raises(SiteBlocked):
            await visitor.read("/page")
        await until_half_open(visitor)
        assert await visitor.read("/page") == "a page"
        assert await visitor.turns.breaker() == CLOSED


async def test_half_open_one_of_many_tries(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(body=BLOCK))
    async with a_visitor(redis_url, site.url, open_s=0.1) as visitor, a_visitor(redis_url, site.url) as another:
        with pytest.raises(SiteBlocked):
            await visitor.read("/page")
        await until_half_open(visitor)
        refused = await asyncio.gather(*(another.read("/page") for _ in range(4)), return_exceptions=True)
    assert [type(each) for each in refused] == [SiteBlocked] * 4
    assert site.pages == ["/page"] * 2


async def test_half_open_a_failure_opens_it_for_twice_as_long(redis_url: str, site: SiteServer) -> None:
    site.serve("/page", Page(body=BLOCK))
    async with a_visitor(redis_url, site.url, open_s=0.4) as visitor:
        with pytest.raises(SiteBlocked):
            await visitor.read("/page")
        await until_half_open(visitor)
        with pytest.raises(SiteBlocked):
            await visitor.read("/page")
        assert (await visitor.turns.breaker()).open_ms > 400
    assert site.pages == ["/page"] * 2


async def until_half_open(visitor: Visitor) -> None:
    while open_ms := (await visitor.turns.breaker()).open_ms:  # noqa: ASYNC110 - Redis has no event
        await asyncio.sleep(open_ms / 1000)


# -- who we are ------------------------------------------------------------------------------------------------


async def test_each_request_says_who_asks_and_brings_no_cookies(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/page", Page(body="a page", headers={"Set-Cookie": "guid=1; Path=/"}))
    await visitor.read("/page")
    await visitor.read("/page")
    assert {logged.headers["user-agent"] for logged in site.log} == {MANNERS.user_agent}
    assert [logged.headers.get("cookie") for logged in site.log] == [None] * 3
