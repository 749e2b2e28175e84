"""A page of 1001tracklists.com, fetched or saved, as what it tells of a set; or an error that says what it is instead.

All of it or nothing: a page whose rows cannot all be read is one that was changed, and never a shorter list.
"""

import hashlib
from collections.abc import Sequence

from api_queue.errors import EmptyTracklist, NotATracklistPage, RowsMissing
from api_queue.formats.cue.sheet import Finding
from api_queue.tracklists.models import Entry, Facts, Parsed, Transition
from api_queue.tracklists.page_cues import cue_findings, own_times, script_seconds, starts_of
from api_queue.tracklists.page_head import Head, head_of
from api_queue.tracklists.page_marks import refuse
from api_queue.tracklists.page_media import metadata_of
from api_queue.tracklists.page_rows import PageRow, rows_of
from api_queue.tracklists.page_tree import Element, attribute, first, tree_of
from api_queue.types import Milliseconds


def read_page(page: str | bytes) -> Parsed:
    """Bytes are UTF-8, whatever was said of them. The lines of the findings are rows, counted from 1; 0 is the page.

    Raises TooLarge, BlockedPage and UnreadablePage of several kinds, EmptyTracklist.
    """
    text = page.decode("utf-8", "replace") if isinstance(page, bytes) else page
    root = tree_of(text)
    rows = rows_of(root)
    _expect(root, len(rows))
    return _reading(root, rows, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def _expect(root: Element, rows: int) -> None:
    """As many rows as the page says that it has. Without any it is looked at what else it may be."""
    tab = first(root, "//div[@id='tlTab']")
    count = attribute(tab, "data-count")
    said = int(count) if count.isascii() and count.isdigit() and len(count) <= 4 else None
    if rows == 0:
        refuse(root)
        if tab is None:
            raise NotATracklistPage(reason="it has no rows, and no place for them")
        if said == 0:
            raise EmptyTracklist
    if rows < (said or 1):
        raise RowsMissing(
            reason=f"it has {rows}, and says {'nothing' if said is None else said}",
        )


def _reading(root: Element, rows: Sequence[PageRow], digest: str) -> Parsed:
    times = own_times(rows, script_seconds(root))
    starts = starts_of(rows, times)
    head = head_of(root)
    facts = Facts(
        entries=tuple(_entry(row, start) for row, start in zip(rows, starts, strict=True)),
        transitions=tuple(_transitions(rows, times)),
        title=head.title,
        dj_name=head.dj_name,
        event_name=head.event_name,
        venue=head.venue,
        date=head.date,
        genres=head.genres,
        url=head.url,
        metadata=metadata_of(root),
        source_html_hash=digest,
    )
    return Parsed(facts, (*_gone(root, head), *cue_findings(rows, starts)))


def _entry(row: PageRow, start_ms: Milliseconds | None) -> Entry:
    return Entry(
        artist=row.artist,
        title=row.title,
        remix=row.remix,
        label=row.label,
        genre=row.genre,
        kind=row.kind,
        is_id=row.is_id,
        start_ms=start_ms,
    )


def _transitions(rows: Sequence[PageRow], times: Sequence[Milliseconds | None]) -> list[Transition]:
    """From a row to each that is played together with it, and from a mashup to what it is made of. A row that says
    when it comes in keeps that here.
    """
    found, above, mashup = [], 0, 0
    for at, (row, time) in enumerate(zip(rows, times, strict=True), start=1):
        if row.kind == "component" and mashup:
            found.append(Transition(from_track=mashup, to_track=at, transition_type="mashup"))
        elif row.kind == "with" and above:
            found.append(Transition(from_track=above, to_track=at, transition_type="blend", timestamp_ms=time))
        above = at if row.kind == "main" else above
        mashup = at if row.kind != "component" else mashup
    return found


def _gone(root: Element, head: Head) -> list[Finding]:
    """The canary: what every page had until now. Without it something may be amiss that nobody sees."""
    marks = {
        "the place of the rows (#tlTab)": "//div[@id='tlTab']",
        "the numbers of the rows": "//span[contains(@id, '_tracknumber_value')]",
        "the places for times": "//div[.cue] | //div[.cueValueField]",
        "the search box": "//input[@name='main_search']",
    }
    gone = [name for name, path in marks.items() if first(root, path) is None]
    return [
        Finding("marker_gone", "warning", 0, f"The page lacks {name}, which pages of the site had until now.")
        for name in (*gone, *head.canary)
    ]
