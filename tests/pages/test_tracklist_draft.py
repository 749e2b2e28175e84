"""What the modules of /tracklists do without their page: what is changed arrives, or somebody hears why not."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: A row is renamed; the answers come in turn: a whole list, or the status and the facts of a refusal.
RENAME = """async ([answers, keep]) => {
    const [{ Refusal }, { Draft }] = await Promise.all(
        ["/static/js/api.js", "/static/js/tracklists/draft.js"].map((path) => import(path)));
    const named = (title, rev) => ({ id: "x", rev, title: "", tracks: [{ position: 1, title }] });
    const said = [];
    const asked = [];
    const draft = new Draft(named("Old", 1), {
        shown() {}, saved() {}, refused: (sentence) => said.push(sentence),
        conflict: async (mine, theirs) => { asked.push(mine.tracks[0].title, theirs.tracks[0].title); return keep; },
    });
    const tries = [];
    const send = async ({ rev, key }) => {
        tries.push([rev, key]);
        const [status, facts] = answers.shift();
        if (status === 200) return named("Mine", rev + 1);
        throw new Refusal(status, facts.current ? { ...facts, current: named(facts.current, 7) } : facts);
    };
    const apply = (list) => ({ ...list, tracks: [{ position: 1, title: "Mine" }] });
    await draft.change({ apply: keep === null ? (list) => list : apply, send });
    return { title: draft.list.tracks[0].title, said, asked, revs: tries.map(([rev]) => rev),
             keys: new Set(tries.map(([, key]) => key)).size };
}"""
DONE = [200, {}]
CHANGED = [409, {"code": "concurrent_edit", "detail": "Somebody else has changed it.", "current": "Theirs"}]


async def rename(sandbox: Page, *answers: list[Any], keep: bool | None = False) -> Any:
    """`keep`: which side is chosen; null: an edit that changes nothing that is seen."""
    return await sandbox.evaluate(RENAME, [[*answers], keep])


@pytest.mark.parametrize("status", [0, 503])
async def test_what_does_not_arrive_is_sent_again_under_its_key(sandbox: Page, status: int) -> None:
    told = await rename(sandbox, [status, {}], DONE)
    assert told == {"title": "Mine", "said": [], "asked": [], "revs": [1, 1], "keys": 1}


async def test_too_many_changes_wait_and_it_is_said(sandbox: Page) -> None:
    told = await rename(sandbox, [429, {"detail": "Too many.", "retry_after": 0}], DONE)
    assert (told["title"], told["said"]) == ("Mine", ["Too many."])


async def test_what_is_refused_is_taken_back_and_it_is_said(sandbox: Page) -> None:
    told = await rename(sandbox, [422, {"detail": "No title."}])
    assert (told["title"], told["said"]) == ("Old", ["No title."])


@pytest.mark.parametrize(("keep", "title", "revs"), [(True, "Mine", [1, 7]), (False, "Theirs", [1])])
async def test_of_two_who_change_the_same_one_is_chosen(sandbox: Page, keep: bool, title: str, revs: list[int]) -> None:
    told = await rename(sandbox, CHANGED, DONE, keep=keep)
    assert told == {"title": title, "said": [], "asked": ["Mine", "Theirs"], "revs": revs, "keys": len(revs)}


async def test_what_cannot_be_seen_is_not_done_to_a_list_that_has_changed(sandbox: Page) -> None:
    """As publishing: nobody has seen what would be published."""
    told = await rename(sandbox, CHANGED, keep=None)
    assert (told["title"], told["said"]) == ("Theirs", ["Somebody else has changed it."])


async def test_an_old_file_is_read_as_it_was_meant(sandbox: Page) -> None:
    read = """async (bytes) => (await import("/static/js/tracklists/file_text.js"))
        .readText(new Blob([new Uint8Array(bytes)]))"""
    for encoding in ("cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-be"):
        mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
        assert await sandbox.evaluate(read, [*mark, *"Café Überall".encode(encoding)]) == "Café Überall", encoding


async def test_a_recording_is_not_taken_for_a_list(sandbox: Page) -> None:
    read = """async () => (await import("/static/js/tracklists/file_text.js"))
        .readText(new Blob([new Uint8Array(5 * 2 ** 20)])).catch((error) => error.message)"""
    assert await sandbox.evaluate(read) == "A list has no more than 4 MiB; is this one?"


async def test_who_has_left_hears_nothing(sandbox: Page) -> None:
    left = """async () => {
        const { Listening } = await import("/static/js/tracklists/listening.js");
        const [over, audio, said, real] = [new AbortController(), new Audio(), [], window.fetch];
        window.fetch = (_, { signal }) => new Promise((done, fail) => {
            signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
            setTimeout(() => done(new Response('{"url": "/static/favicon.svg", "ttl_s": 60}')), 50);
        });
        const it = new Listening(audio, "", { told: (sentence) => said.push(sentence), moved() {} }, over.signal);
        const played = it.play(5000);
        over.abort();
        it.close();
        await played;
        window.fetch = real;
        return [audio.getAttribute("src"), said];
    }"""
    assert await sandbox.evaluate(left) == [None, []]
