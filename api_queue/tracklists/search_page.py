"""A page of the site's search as rows. They have no order of relevance, and there are some even where nothing fits:
`search_ranks.py` says which of them were meant.
"""

import re
from typing import Final

import msgspec

from api_queue.errors import NotASearchPage, PageChanged
from api_queue.tracklists.page_marks import refuse
from api_queue.tracklists.page_tree import Element, attribute, first, select, text_of, tree_of
from api_queue.tracklists.set_titles import read_set_title, valid_date

_ROWS: Final = "//div[.bItm][not(ancestor::div[.bItm])]"
_LINK: Final = ".//*[.bTitle]//a[starts-with(@href, '/tracklist/')]"
_CELL: Final = ".//*[@title='{}']"
_FORM: Final = "//*[@name='main_search'] | //form[@id='searchForm']"
_PAGES: Final = "//ul[.pagination]/li[not(contains(@class, 'disabled'))]"
#: The site itself sends 30.
_ROWS_MAX: Final = 200
_PATH: Final = re.compile(r"/tracklist/([0-9a-z]{4,12})/[\w.%~&,'()+-]{0,400}", re.ASCII)
_PATH_DATE: Final = re.compile(r"-(\d{4}-\d\d-\d\d)\.html$", re.ASCII)
_PAGE: Final = re.compile(r"page: (\d{1,4})\b", re.ASCII)
_LENGTH: Final = re.compile(r"(?:(\d{1,3})h)? ?(?:(\d{1,2})m)?", re.ASCII)
_IDENTIFIED: Final = re.compile(r"(all|\d{1,4}) ?/ ?(\d{1,4})", re.ASCII)
_COUNT: Final = re.compile(r"(\d{1,7}(?:\.\d)?)([km]?)", re.ASCII)
_FACTORS: Final = {"": 1, "k": 1_000, "m": 1_000_000}


class SearchRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`path` belongs to the site's address. A row that is an advertisement may have no event."""

    path: str
    page_id: str
    title: str
    dj_name: str
    event_name: str | None = None
    date: str | None = None
    duration_minutes: int | None = None
    track_count: int | None = None
    identified_count: int | None = None
    genres: tuple[str, ...] = ()
    views: int | None = None


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """`total` is what the site counts over all pages, loosely related rows among them; the last has no `next_page`."""

    rows: tuple[SearchRow, ...]
    next_page: int | None
    total: int | None


def read_search_page(page: str | bytes) -> SearchPage:
    """No rows beside the form of the search: nothing was found.

    Raises TooLarge, BlockedPage and UnreadablePage of several kinds.
    """
    root = tree_of(page.decode("utf-8", "replace") if isinstance(page, bytes) else page)
    found = select(root, _ROWS)[:_ROWS_MAX]
    if not found:
        refuse(root)
        if first(root, _FORM) is None or first(root, "//div[@id='tlTab']") is not None:
            raise NotASearchPage(reason="it has neither rows nor the form of a search")
    rows = tuple(row for each in found if (row := _row(each)))
    if found and not rows:
        raise PageChanged(reason="no row of the search leads to a tracklist")
    return SearchPage(rows=rows, next_page=_next_page(root), total=_total(root))


def _row(element: Element) -> SearchRow | None:
    """None for a row that leads elsewhere."""
    link = first(element, _LINK)
    path = attribute(link, "href")
    address = _PATH.fullmatch(path)
    if address is None or not text_of(link):
        return None
    title = read_set_title(text_of(link))
    identified, tracks = _identified(_cell(element, "IDed tracks / total tracks"))
    return SearchRow(
        path=path,
        page_id=address[1],
        title=text_of(link),
        dj_name=title.artist,
        event_name=title.event or None,
        date=_date(element, path),
        duration_minutes=_minutes(_cell(element, "play time")),
        track_count=tracks,
        identified_count=identified,
        genres=tuple(filter(None, (genre.strip() for genre in _cell(element, "musicstyle(s)").split(",")))),
        views=_count(attribute(first(element, _CELL.format("tracklist views")), "data-count")),
    )


def _cell(element: Element, title: str) -> str:
    return text_of(first(element, _CELL.format(title)))


def _date(element: Element, path: str) -> str | None:
    """As shown, else as in the address, which ends in `-YYYY-MM-DD.html`."""
    linked = _PATH_DATE.search(path)
    return valid_date(_cell(element, "tracklist date")) or (valid_date(linked[1]) if linked else None)


def _minutes(text: str) -> int | None:
    """`1h 37m`, `45m`, `2h`."""
    length = _LENGTH.fullmatch(text)
    return int(length[1] or 0) * 60 + int(length[2] or 0) if text and length else None


def _identified(text: str) -> tuple[int | None, int | None]:
    """`19/30`; `all/14`."""
    counts = _IDENTIFIED.fullmatch(text)
    if counts is None:
        return None, None
    return int(counts[2] if counts[1] == "all" else counts[1]), int(counts[2])


def _count(text: str) -> int | None:
    """`358`, `1.5k`."""
    count = _COUNT.fullmatch(text)
    return round(float(count[1]) * _FACTORS[count[2]]) if count else None


def _next_page(root: Element) -> int | None:
    following = next((each for each in select(root, _PAGES) if text_of(each) == "Next"), None)
    page = _PAGE.search(attribute(following, "onclick"))
    return int(page[1]) if page else None


def _total(root: Element) -> int | None:
    return _count(text_of(first(root, "//div[.bItmH]/span[.badge]")))
