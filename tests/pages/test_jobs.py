"""/jobs: a worker in the test's own process does what its `Stage` says, and a browser looks on."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from api_queue.messages import service
from tests.house import House
from tests.jobs.house import Jobs
from tests.jobs.types import Stage, Step
from tests.pages.conftest import PHONE, WALL, Device, device, log_in
from tests.pages.test_reach import is_within_reach

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=document.title='taken'> " + "ÿ" * 90


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest_asyncio.fixture(loop_scope="session")
async def jobs(house: House, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Jobs]:
    """The house's, with the types of the test; nothing is left of them at the end."""
    monkeypatch.setattr(service, "LOOK_AGAIN_S", 0.05)
    settings = house.parts.settings
    jobs = Jobs(settings.redis_url, settings.data, stage)
    monkeypatch.setattr(house.app.ctx, "jobs", jobs.service)
    telling = asyncio.create_task(jobs.publisher.run(), name="publisher")
    yield jobs
    jobs.clock.forward_s(1)
    await jobs.service.cancel_all(jobs.clock.now_ms())
    await jobs.service.remove(jobs.clock.now_ms() + 1)
    telling.cancel()
    await asyncio.wait([telling])
    await jobs.close()


@pytest_asyncio.fixture(loop_scope="session")
async def worked(jobs: Jobs) -> AsyncIterator[Jobs]:
    """With a worker."""
    async with jobs.worker():
        yield jobs


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, house: House, jobs: Jobs) -> AsyncIterator[Page]:
    """The page, on the phone of somebody who may see it."""
    async with device(browser, PHONE) as phone:
        yield await (await log_in(phone, house.url, house.admin_token)).open(f"{house.url}/jobs")


def row(page: Page, text: str = "") -> Locator:
    return page.locator("#tasks > .task", has_text=text).first


async def test_the_page_tells_what_to_do_when_there_is_nothing(page: Page) -> None:
    await expect(page.get_by_text("Nothing has been done yet.")).to_be_visible()
    await expect(page.get_by_role("alert").filter(has_text="No worker is running")).to_contain_text(
        "python -m api_queue work"
    )
    await expect(page.get_by_role("button", name="Remove what has ended")).to_be_hidden()


async def test_progress_is_seen_to_grow(worked: Jobs, stage: Stage, page: Page) -> None:
    await worked.create(Step("a"), Step("b"), Step("c", hold=True), Step("d", hold=True))
    await expect(row(page)).to_contain_text("2 of 4 steps")
    await expect(row(page).locator(".state")).to_have_text("running")
    bar = row(page).get_by_role("progressbar")
    await expect(bar).to_have_attribute("aria-valuenow", re.compile("5[0-9]|6[0-9]"))
    # Who does it
    await expect(page.get_by_text("1 worker, 1 busy")).to_be_visible()
    await page.get_by_text("1 worker, 1 busy").click()
    await expect(page.locator("#workers-list")).to_contain_text("steps #")
    # And the end
    stage.let_go.set()
    await expect(row(page)).to_contain_text("4 of 4 steps")
    await expect(row(page).locator(".state")).to_have_text("done")
    await expect(row(page)).to_contain_text(re.compile(r"took \d+ s"))
    await expect(bar).to_be_hidden()
    await expect(page.get_by_text("1 worker", exact=True)).to_be_visible()


async def test_cancel_and_try_again(worked: Jobs, stage: Stage, page: Page) -> None:
    task = await worked.create(Step("long", hold=True))
    await expect(row(page).locator(".state")).to_have_text("running")
    # When it is canceled by the keyboard
    await row(page).get_by_role("button", name=f"Cancel steps #{task.task_id}").press("Enter")
    # Then it is, and the keyboard is still in its row
    await expect(row(page).locator(".state")).to_have_text("canceled")
    await expect(row(page).locator(".open")).to_be_focused()
    assert (await worked.end(task)).status == "canceled"
    # When it is tried again, then a new task says whose it is
    stage.let_go.set()
    await row(page).get_by_role("button", name="Try again").click()
    await expect(page.locator("#tasks > .task")).to_have_count(2)
    await expect(row(page)).to_contain_text(f"#{task.task_id} again")
    await expect(row(page).locator(".state")).to_have_text("done")


async def test_much_that_is_done_is_not_canceled_by_one_touch(worked: Jobs, stage: Stage, page: Page) -> None:
    task = await worked.create(*[Step()] * 20, Step("last", hold=True))
    await expect(row(page)).to_contain_text("20 of 21 steps")
    await row(page).get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog", name="Cancel?")
    await expect(dialog).to_contain_text("20 of 21 steps are done.")
    await dialog.get_by_role("button", name="Let it run").click()
    assert (await worked.service.task(task.task_id)).status == "running"
    await row(page).get_by_role("button", name="Cancel").click()
    await dialog.get_by_role("button", name="Cancel it").click()
    await expect(row(page).locator(".state")).to_have_text("canceled")


async def test_an_error_and_its_log_by_the_keyboard_alone(worked: Jobs, page: Page) -> None:
    await worked.end(await worked.create(Step(HOSTILE), Step("bad", log=f"reading {HOSTILE}", fail=HOSTILE * 5)))
    await expect(row(page).locator(".state")).to_have_text("failed")
    await row(page).locator(".open").focus()
    await page.keyboard.press("Enter")
    await expect(row(page).locator(".open")).to_have_attribute("aria-expanded", "true")
    failed = row(page).locator(".line", has_text="bad")
    await expect(failed).to_contain_text(HOSTILE)
    await row(page).get_by_role("button", name="Only what failed").press("Enter")
    await expect(row(page).locator(".line")).to_have_count(1)
    await failed.press("Enter")
    await expect(row(page).get_by_role("heading", name="Log").locator("+ pre")).to_contain_text(f"reading {HOSTILE}")
    await expect(row(page).get_by_role("heading", name="Why it failed").locator("+ pre")).to_contain_text(HOSTILE * 5)
    # Strings of others stay text, and all of it is within reach
    assert await page.locator("main img").count() == 0
    assert await page.title() == "Jobs"
    await is_within_reach(page)
    await page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    await is_within_reach(page, WALL)
    # And it folds again
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await row(page).locator(".open").press("Enter")
    await expect(row(page).locator(".line")).to_have_count(0)


async def test_items_come_as_they_are_found_and_more_when_asked_for(worked: Jobs, stage: Stage, page: Page) -> None:
    await worked.create(Step("walk", add=tuple(f"found {n}" for n in range(58))), Step("wait", hold=True))
    await expect(row(page)).to_contain_text("of 60 steps")  # those that come while it is unfolded are all shown
    await row(page).locator(".open").click()
    await expect(row(page).locator(".line")).to_have_count(50)
    await row(page).get_by_role("button", name="Show more").click()
    await expect(row(page).locator(".line")).to_have_count(60)
    await expect(row(page).get_by_role("button", name="Show more")).to_be_hidden()
    # And what is unfolded follows: all of them, to the end
    stage.let_go.set()
    await expect(row(page).locator(".line .state", has_text="done")).to_have_count(60, timeout=20_000)


async def test_tasks_of_an_item_stand_inside_its_task(worked: Jobs, page: Page) -> None:
    task = await worked.create(Step("parent", children=((Step("child"), Step("other", fail="no")),)))
    await expect(row(page).locator(".state")).to_have_text("failed")
    await row(page).locator(".open").click()
    child = row(page).get_by_role("list", name="Tasks of its items").locator(".task")
    await expect(child).to_have_count(1)
    await expect(child).to_contain_text("1 of 2 steps, 1 failed")
    await child.locator(".open").click()
    await expect(child.locator(".line", has_text="child")).to_contain_text("done")
    assert await page.locator("#tasks > .task").count() == 1, task


async def test_filters(worked: Jobs, page: Page) -> None:
    await worked.end(await worked.create(Step("a")))
    await worked.end(await worked.create(Step("b", fail="no")))
    await worked.end(await worked.create(Step("c"), type_name="closed"))
    tasks = page.locator("#tasks > .task")
    await expect(tasks).to_have_count(3)
    await page.get_by_label("Of kind").select_option("closed")
    await expect(tasks).to_have_count(1)
    await page.get_by_label("Show").select_option("Failed")
    await expect(page.get_by_text("Nothing of that kind.")).to_be_visible()
    await page.get_by_label("Of kind").select_option("Any")
    await expect(tasks).to_have_count(1)
    # What happens meanwhile comes in only where it belongs
    await worked.end(await worked.create(Step("d")))
    await worked.end(await worked.create(Step("e", fail="no")))
    await expect(tasks).to_have_count(2)
    await expect(page.get_by_role("button", name="Show more")).to_be_hidden()


async def test_old_tasks_are_a_touch_away_and_removed_after_a_question(jobs: Jobs, page: Page) -> None:
    for _ in range(35):
        await jobs.create()
    tasks = page.locator("#tasks > .task")
    await page.reload()
    await expect(tasks).to_have_count(30)
    await page.get_by_role("button", name="Show more").click()
    await expect(tasks).to_have_count(35)
    await page.get_by_role("button", name="Remove what has ended").click()
    await page.get_by_role("button", name="Remove them").click()
    await expect(page.get_by_text("35 tasks removed.")).to_be_visible()
    await expect(page.get_by_text("Nothing has been done yet.")).to_be_visible()


async def test_the_page_says_when_it_is_offline_and_catches_up(worked: Jobs, stage: Stage, page: Page) -> None:
    await worked.create(Step("long", hold=True))
    await expect(row(page).locator(".state")).to_have_text("running")
    await page.context.set_offline(True)
    await expect(page.get_by_text("No connection. Trying again…")).to_be_visible()
    stage.let_go.set()
    await page.context.set_offline(False)
    await expect(row(page).locator(".state")).to_have_text("done")
    await expect(page.get_by_text("No connection. Trying again…")).to_be_hidden()


@pytest.mark.parametrize("path", ["/jobs", "/library", "/status"])
async def test_guests_are_sent_to_the_login_and_brought_back(phone: Device, house: House, path: str) -> None:
    page = await phone.open(house.url + path)
    await expect(page.get_by_role("heading", name="For the admin")).to_be_visible()
    await page.get_by_role("link", name="I am the admin").click()
    await page.get_by_label("Key, or the whole link").fill(house.admin_token)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(house.url + path)
    await expect(page.get_by_role("heading", name=path.strip("/").title())).to_be_visible()
