"""/status: each part in its colour, with what to do, and who did what."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from api_queue.monitoring.health import Check, Finding, HealthService
from tests.house import House
from tests.pages.conftest import PHONE, SOON_MS, Device, device, log_in
from tests.pages.test_reach import is_within_reach

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=document.title='taken'> " + "ÿ" * 90


class Parts:
    """Each part is how a test says."""

    def __init__(self) -> None:
        self.findings = {
            "redis": Finding("ok", "It answers after 0.3 ms."),
            "disk": Finding("warn", "0.9 of 20.0 GiB are free.", "Make room."),
            "relay": Finding("bad", "Nothing was heard of it for 30 s.", "Look at the log."),
        }

    def service(self) -> HealthService:
        def check_of(part: str) -> Check:
            async def check() -> Finding:
                return self.findings[part]

            return check

        return HealthService({part: check_of(part) for part in self.findings})


@pytest.fixture
def parts(house: House, monkeypatch: pytest.MonkeyPatch) -> Parts:
    parts = Parts()
    monkeypatch.setattr(house.app.ctx, "health", parts.service())
    return parts


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, house: House) -> AsyncIterator[Device]:
    async with device(browser, PHONE) as phone:
        yield await log_in(phone, house.url, house.admin_token)


@pytest_asyncio.fixture(loop_scope="session")
async def page(phone: Device, house: House, parts: Parts) -> Page:
    return await phone.open(f"{house.url}/status")


async def test_what_is_broken_stands_first_and_says_what_helps(page: Page) -> None:
    rows = page.locator("#parts > li")
    await expect(rows).to_have_count(3)
    await expect(rows.nth(0)).to_contain_text("relay")
    await expect(rows.nth(0)).to_contain_text("Broken")
    await expect(rows.nth(0)).to_contain_text("Look at the log.")
    await expect(rows.nth(2)).to_contain_text("Well")
    await expect(page.locator("#whole")).to_have_text("Something is broken.")
    await is_within_reach(page)


async def test_a_part_that_is_well_again_is_seen_to_be(page: Page, parts: Parts) -> None:
    await expect(page.locator("#whole")).to_have_text("Something is broken.")
    parts.findings |= {"relay": Finding("ok", "It works."), "disk": Finding("ok", "There is room.")}
    await expect(page.locator("#whole")).to_have_text("All is well.", timeout=SOON_MS)
    await expect(page.locator("#parts [data-status=ok]")).to_have_count(3)


async def test_what_a_part_says_is_text(phone: Device, house: House, parts: Parts) -> None:
    parts.findings["disk"] = Finding("warn", HOSTILE, HOSTILE)
    page = await phone.open(f"{house.url}/status")
    await expect(page.locator("#parts > li", has_text="disk")).to_contain_text(HOSTILE)
    assert await page.title() == "Status"
    await is_within_reach(page)


async def test_counts_and_who_did_what(phone: Device, house: House, parts: Parts) -> None:
    async with house.admin() as admin:
        assert (await admin.put("/queue/party/settings", json={"title": "Party"})).status_code == 200
        queues = (await admin.get("/api/v1/admin/stats")).json()["queues"]["total"]
    page = await phone.open(f"{house.url}/status")
    await expect(page.locator("#counts > div", has_text="Queues")).to_have_text(f"Queues{queues}")
    await expect(page.locator("#audit > li").first).to_contain_text("PUT /queue/party/settings")
