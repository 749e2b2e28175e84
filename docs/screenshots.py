"""Takes the pictures in docs/screenshots/ from real runs: `python -m docs.screenshots` (needs Chromium)."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import BrowserContext, Page, Playwright, expect, sync_playwright

from api_queue.tracks.walk import demo_root
from tests.tracks.flacs import song

FOLDER: Final = Path(__file__).parent / "screenshots"
SIZES: Final = ((360, 740), (1920, 1080))
PHONE: Final = SIZES[0]
#: A4, 96 dots to the inch.
PAPER: Final = (794, 1123)
PAGES: Final = {"guest": "", "admin": "admin", "display": "display", "player": "player"}
GUESTS: Final = ("Nina & Jo", "Tom", "Marguerite Oberholzer-Castellanos", "ليلى", "Søren", "Big Ben", "Annabelle")
BROWSER: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


#: Each artist has all versions of a song of each title: enough that a scan of them can be watched.
ARTISTS: Final = ("The Slow Lifts", "Mona Delft", "Kasbah Radio", "Ola & the Owls", "Piet Noord", "Yuki Tram", "Lumen")
COLOURS: Final = "Amber Blue Crimson Golden Ivory Jade Lilac Olive Pearl Ruby Scarlet Silver Velvet White Copper Indigo"
VERSIONS: Final = ("", " (Live)", " (Acoustic)", " (Dub)", " (Club mix)", " (Demo)")
PLACES: Final = (
    "Alley Balcony Bridge Cellar Corner Ferry Garden Harbour Hotel Island Kitchen Lantern Market Meadow Mirror Motel "
    "Orchard Pier Platform River Rooftop Season Shore Staircase Station Street Summer Terrace Tower Tunnel Window"
)

#: A set as somebody has shared it: where nobody wrote down when a track begins, nobody knows.
SET: Final = """Mona Delft @ Lighthouse, Harbour Festival 2024

00:00 Mona Delft - Tide Tables (Intro Mix) [Pier]
04:12 The Slow Lifts - Ground Floor
09:35 Kasbah Radio - Silver Market (Mona Delft Remix) [Dune]
w/ Lumen - One More Window (Acappella)
15:02 Yuki Tram - Last Platform [Night Line]
20:48 ID - ID
26:10 Ola & the Owls - Velvet Season (Dub)
31:57 Piet Noord - Zeewind
Lumen - Copper Terrace (Extended Mix)
Mona Delft - Everybody Out (Live) [Pier]
follow me for more sets!!"""
#: 52 minutes that rise and fall, in a few megabytes.
SET_SOUND: Final = "aevalsrc='(0.12+0.5*abs(sin(t/96))*(0.7+0.3*sin(t/7)))*sin(t*900)':s=8000:d=3120"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        at_a_party(playwright)
        on_a_fair_night(playwright)
        behind_the_scenes(playwright)
        at_the_desk(playwright)


def at_a_party(playwright: Playwright) -> None:
    with tempfile.TemporaryDirectory() as data, server(data) as address, admin_of(playwright, data) as context:
        fill_queue(context, address)
        context.route("**/lyrics", lambda route: route.fulfill(status=404))
        for name, path in PAGES.items():
            photograph(context, f"{address}/queue/party/{path}", name)
        photograph(context, f"{address}/", "landing")
        at_home(playwright, address)
        context.unroute("**/lyrics")
        sing(context, f"{address}/queue/party")


def on_a_fair_night(playwright: Playwright) -> None:
    """What the rules look like on a guest's phone, and to the host."""
    with tempfile.TemporaryDirectory() as data, server(data) as address, admin_of(playwright, data) as host:
        fill_queue(host, address)
        queue = f"{address}/queue/party"
        with chromium(playwright) as guest:
            guest.clock.install()
            add_by_the_rules(guest.new_page(), host, queue)
        let_in(host, queue)
        on_paper(host, queue)


def add_by_the_rules(page: Page, host: BrowserContext, queue: str) -> None:
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    rules = {"limit_model": "points", "points_max": 3, "order": "fair"}
    host.request.put(f"{queue}/settings", data=rules)
    page.goto(f"{queue}/")
    offer(page, 1)
    expect(page.get_by_text("give or take")).to_be_visible()
    shoot(page, "add", PHONE)
    page.get_by_role("button", name="Put it on").click()
    page.get_by_role("button", name="Done").click()
    host.request.put(f"{queue}/settings", data={"limit_model": "token", "max_per_guest": 1, "token_window": 1})
    expect(page.locator("#points")).to_be_hidden()
    offer(page, 2)
    page.get_by_role("button", name="Put it on").click()
    expect(page.get_by_role("button", name="Again in")).to_be_visible()
    shoot(page, "refused", PHONE)
    page.get_by_role("button", name="Cancel").click()
    page.clock.fast_forward(65_000)
    expect(page.get_by_text("Open for")).to_be_visible()
    shoot(page, "window", PHONE)
    mine = page.locator("#mine .ticket").get_attribute("data-key")
    host.request.put(f"{queue}/items/{mine}", data={"position": 1})
    expect(page.get_by_role("button", name="I’m ready")).to_be_visible()
    shoot(page, "ready", PHONE)
    page.get_by_title("Why here?").click()
    expect(page.get_by_text("The host moved it")).to_be_visible()
    shoot(page, "why", PHONE)


def offer(page: Page, number: int) -> None:
    page.locator(".track").nth(number).click()
    page.get_by_label("Your name").fill("Nina")


def let_in(host: BrowserContext, queue: str) -> None:
    """Guests have come in by the code, and each asks for a song."""
    host.request.put(f"{queue}/settings", data={"approval": "all", "join": "code", "max_per_guest": None})
    host.request.post(f"{queue}/performers/Tom/pause")
    code = host.request.get(f"{queue}/join").json()["code"]
    tracks = host.request.get(queue.replace("queue/party", "tracks")).json()["tracks"]
    for number, name in enumerate(("Jo", "Annabelle")):
        with httpx.Client(cookies={"session_id": f"guest-number-{number:012}"}) as guest:
            guest.post(f"{queue}/join", json={"code": code, "table": f"{number + 4}"}).raise_for_status()
            wish = {"track_id": tracks[number]["track_id"], "performer_name": name}
            guest.post(f"{queue}/items", json=wish).raise_for_status()
    photograph(host, f"{queue}/admin", "lobby")


def on_paper(host: BrowserContext, queue: str) -> None:
    page = host.new_page()
    page.emulate_media(media="print")
    for name in ("card", "songbook"):
        page.goto(f"{queue}/{name}")
        shoot(page, name, PAPER)
    page.close()


def sing(context: BrowserContext, queue: str) -> None:
    """On the wall the line to sing, on the singer's phone the whole song."""
    page = context.new_page()
    page.goto(f"{queue}/display")
    expect(page.locator("[data-when=now]")).to_be_visible()
    shoot(page, "lyrics", SIZES[1])
    page.goto(f"{queue}/")
    page.get_by_role("button", name="Lyrics: ").click()
    expect(page.locator("[data-when=now]")).to_be_visible()
    shoot(page, "lyrics", SIZES[0])
    page.close()


def at_home(playwright: Playwright, address: str) -> None:
    """A member's own page: the door, and what is behind it."""
    with chromium(playwright) as context:
        page = context.new_page()
        page.goto(f"{address}/me")
        page.get_by_label("Name").fill("Nina")
        page.get_by_label("Password", exact=True).fill("seven owls on a slow lift")
        shoot(page, "door", SIZES[0])
        page.get_by_role("button", name="Make an account").click()
        page.get_by_role("button", name="Add", exact=True).click()
        page.locator(".albums button").click()
        for number in range(4):
            page.locator("dialog .heart").nth(number).click()
        page.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Pause").click()
        page.get_by_label("Position").fill("9000")
        expect(page.locator("#liked li")).to_have_count(4)
        shoot(page, "me")


def behind_the_scenes(playwright: Playwright) -> None:
    """A library that grows by some thousand songs while we look."""
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory(prefix="party-") as folder:
        music = Path(folder, "Music")
        shutil.copytree(demo_root(), music / "Demo")
        for name in ("Half a download", "Wrong ending"):
            (music / "Demo" / f"{name}.flac").write_bytes(b"fLaC and nothing more")
        with server(data, "--music", f"{music}") as address, admin_of(playwright, data) as context:
            watch_scan(context, address, music)


def watch_scan(context: BrowserContext, address: str, music: Path) -> None:
    page = context.new_page()
    analyze(page, address)
    rows = page.locator("#tasks > .task")
    collect(music / "Vinyl")
    context.request.post(f"{address}/library/folders", data={"path": f"{music / 'Vinyl'}"})
    expect(rows.first).to_contain_text("left", timeout=60_000)
    rows.filter(has_text="failed").locator(".open").click()
    page.get_by_role("button", name="Only what failed").click()
    shoot(page, "jobs")
    page.goto(f"{address}/library")
    expect(page.locator("#scans .state")).to_have_text("done", timeout=120_000)
    page.get_by_text("2 files cannot be read").click()
    expect(page.locator("#find .track")).to_have_count(40)
    shoot(page, "library")


def at_the_desk(playwright: Playwright) -> None:
    """A set is written down: from a text that somebody has shared to starts that are marked while it plays."""
    with tempfile.TemporaryDirectory() as data, tempfile.TemporaryDirectory(prefix="party-") as folder:
        music = Path(folder, "Music")
        record_set(music / "Sets" / "lighthouse.flac")
        with server(data, "--music", f"{music}") as address, admin_of(playwright, data) as context:
            write_down(context, address)


def write_down(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    analyze(page, address)
    page.goto(f"{address}/tracklists")
    page.get_by_label("The list").fill(SET)
    expect(page.locator("#preview li")).to_have_count(10)
    shoot(page, "tracklists-paste")
    page.get_by_role("button", name="Choose the recording").first.click()
    page.locator("dialog .track").first.click()
    page.get_by_role("button", name="Save as a draft").click()
    page.locator(".hear", has_text="31:57").click()
    expect(page.get_by_role("button", name="Begins now:")).to_be_enabled()
    page.get_by_label("Position").fill("2254.5")
    page.keyboard.press("Tab")
    expect(page.locator("#at")).to_contain_text("37:3")
    page.get_by_role("button", name="Begins now:").click()
    expect(page.locator("#verdict")).to_contain_text("1 row has no start yet")
    page.locator(".words", has_text="Ground Floor").click()
    shoot(page, "tracklists")


def record_set(path: Path) -> None:
    path.parent.mkdir(parents=True)
    tags = ("-metadata", "artist=Mona Delft", "-metadata", "title=Lighthouse, Harbour Festival")
    command = ("ffmpeg", "-v", "error", "-f", "lavfi", "-i", SET_SOUND, "-ac", "1", *tags, f"{path}")
    subprocess.run(command, check=True)  # noqa: S603 - our own


def analyze(page: Page, address: str) -> None:
    """It takes only what nobody else wants of the processor, so it may take long."""
    page.request.post(f"{address}/api/queues/tasks", data={"type": "analyze", "items": [{"track_id": "*"}]})
    page.goto(f"{address}/jobs")
    state = page.locator("#tasks > .task", has_text="Analysis").locator(".state")
    expect(state).to_have_text("done", timeout=900_000)


def collect(folder: Path) -> None:
    for artist, colour, place, version in product(ARTISTS, COLOURS.split(), PLACES.split(), VERSIONS):
        title = f"{colour} {place}{version}"
        song(title, artist).write(folder / artist / f"{title}.flac")


@contextmanager
def server(data: str, *options: str) -> Iterator[str]:
    ports = ("--host", "127.0.0.1", "--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0", "--workers", "1")
    command = (sys.executable, "-m", "api_queue", "serve", *ports, "--data", data, *options)
    env = os.environ | {"API_QUEUE_LIBRARY_WATCH": "off"}  # a scan begins when it is asked for
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        try:
            address = next(line.split()[1] for line in process.stdout if line.startswith("ready: "))
            while not httpx.get(f"{address}/tracks").json()["total"]:
                pass
            yield address
        finally:
            process.terminate()


@contextmanager
def admin_of(playwright: Playwright, data: str) -> Iterator[BrowserContext]:
    with chromium(playwright) as context:
        log_in(context, Path(data, "admin-link").read_text().strip())
        yield context


@contextmanager
def chromium(playwright: Playwright) -> Iterator[BrowserContext]:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
    yield browser.new_context(reduced_motion="reduce")
    browser.close()


def log_in(context: BrowserContext, link: str) -> None:
    page = context.new_page()
    page.goto(link)
    page.wait_for_url("**/admin")
    page.close()


def fill_queue(context: BrowserContext, address: str) -> None:
    """By the host, with a guest's items among them, and the music in the middle of the first."""
    api, queue = context.request, f"{address}/queue/party"
    api.put(f"{queue}/settings", data={"title": "Nina’s birthday", "description": "Kitchen, balcony, garden"})
    tracks = api.get(f"{address}/tracks").json()["tracks"]
    for track, name in zip(tracks, GUESTS, strict=False):
        api.post(f"{queue}/items", data={"track_id": track["track_id"], "performer_name": name})
    for track in tracks[::2]:
        api.post(f"{address}/tracks/{track['track_id']}/like")
    api.post(f"{queue}/command/play")
    api.post(f"{queue}/command/seek", data={"position_ms": 9000})
    api.post(f"{queue}/command/pause")
    next_up = api.get(f"{queue}/items?waiting=1").json()["items"][0]
    api.post(f"{queue}/items/{next_up['id']}/ready")
    for name, platform in (("Kitchen", "linux aarch64"), ("Balcony", "Android")):
        wish = {"queue": "party", "device_name": name, "device_platform": platform}
        api.post(f"{address}/devices/register", data=wish)


def photograph(context: BrowserContext, address: str, name: str) -> None:
    page = context.new_page()
    for size in SIZES:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(address)
        shoot(page, name, size)
    page.close()


def shoot(page: Page, name: str, *sizes: tuple[int, int]) -> None:
    """Without going there again."""
    for width, height in sizes or SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.mouse.move(0, 0)
        page.evaluate("() => scrollTo(0, 0)")
        settle(page)
        page.screenshot(path=FOLDER / f"{name}-{width}x{height}.png")


def settle(page: Page) -> None:
    """Titles and covers are asked for one by one."""
    page.wait_for_function("() => !document.body.innerText.includes('…') && document.fonts.status === 'loaded'")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
