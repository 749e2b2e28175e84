"""What holds for every page: it fits a small phone, thumbs hit it, keys reach it, it is named for screen readers."""

import httpx
import pytest
from playwright.async_api import Page

from tests.pages.conftest import PHONE, WALL, Device, Queue

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("", "admin", "display", "player")
LONG = "Ноэль-Мария Эстер von und zu Übelhausen-Castellanos 👩‍👩‍👧‍👦🎤 the Third"[:64]
MIXED = "ليلى"

#: Controls that are shown, smaller than a thumb: [what, width, height].
SMALL = """() => [...document.querySelectorAll("button, a.button, input, select, summary")]
    .filter((node) => node.checkVisibility() && !["checkbox", "range"].includes(node.type))
    .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.height < 47.5 || box.width < 47.5))
    .map(([what, box]) => [what, box.width, box.height])"""

#: Controls without a name of their own.
NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, textarea, img")]
    .filter((node) => node.checkVisibility() && !node.closest("[aria-hidden=true]"))
    .filter((node) => !(node.textContent.trim() || node.ariaLabel || node.labels?.length || node.hasAttribute("alt")))
    .map((node) => node.outerHTML.slice(0, 120))"""

#: Texts whose colour stands out too little from what is behind them (WCAG AA): [text, ratio].
PALE = """() => {
    const parts = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (node) => {
        for (; node; node = node.parentElement) {
            const colour = parts(getComputedStyle(node).backgroundColor);
            if (colour.length < 4 || colour[3] > 0.9) return colour;
        }
        return [20, 15, 11];
    };
    const pale = [];
    for (const node of document.querySelectorAll("body *")) {
        const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
        if (!own || !node.checkVisibility() || node.disabled || node.closest(":disabled, noscript")) continue;
        const style = getComputedStyle(node);
        const [a, b] = [light(parts(style.color)), light(behind(node))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        const size = parseFloat(style.fontSize) * (style.fontWeight >= 700 ? 1.286 : 1);
        if (ratio < (size >= 24 ? 3 : 4.5)) pale.push([node.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
    }
    return pale;
}"""


async def is_within_reach(page: Page, size: tuple[int, int] = PHONE) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(PALE) == []
    if size == PHONE:
        assert await page.evaluate(SMALL) == []


async def full(page: Page) -> None:
    """The page with everything on it, and all of it unfolded."""
    await page.wait_for_function("() => document.body.innerText.includes('Übelhausen')")
    await page.evaluate("() => document.querySelectorAll('details').forEach((part) => (part.open = true))")


@pytest.mark.parametrize("size", [PHONE, WALL])
@pytest.mark.parametrize("name", PAGES)
async def test_a_page_fits_is_named_and_stands_out(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, name: str, size: tuple[int, int]
) -> None:
    items = (await three.get("items")).json()["items"]
    for item, performer in zip(items, (LONG, LONG, MIXED), strict=True):
        await three.put(f"items/{item['id']}", json={"performer_name": performer})
    await three.post("command/play")

    page = await laptop.open(queue.path(name))
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await full(page)
    await is_within_reach(page, size)


@pytest.mark.parametrize("path", ["/", "/login"])
async def test_the_front_fits_too(phone: Device, queue: Queue, path: str) -> None:
    page = await phone.open(queue.address + path)
    await page.wait_for_load_state("networkidle")
    await is_within_reach(page)
