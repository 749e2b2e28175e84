"""What a page tells of the set as a whole."""

import re
from typing import Final, NamedTuple

from api_queue.tracklists.page_tree import Element, attribute, first, select, text_of
from api_queue.tracklists.set_titles import event_and_venue, read_set_title, valid_date

_METAS: Final = "//div[@id='tlTab']/meta[@itemprop='{}']"
#: The heading that has links; others are advertisements.
_TITLE: Final = "//h1[.//a[contains(@href, '/dj/') or contains(@href, '/artist/') or contains(@href, '/source/')]]"
_DJS: Final = ".//a[contains(@href, '/dj/') or contains(@href, '/artist/')]"
_EVENT: Final = ".//a[contains(@href, '/source/')]"
_URLS: Final = "//meta[@property='og:url'] | //link[@rel='canonical']"
_PAGE_URL: Final = re.compile(
    r"https://(?:www\.)?1001tracklists\.com/tracklist/[0-9a-z]{4,12}(?:/[\w.%~&-]{0,400})?", re.A
)
_GENRES_MAX: Final = 20


class Head(NamedTuple):
    """Each is None where the page is silent. `canary` names what every page had, and this one has not."""

    title: str | None
    dj_name: str | None
    event_name: str | None
    venue: str | None
    date: str | None
    genres: tuple[str, ...]
    url: str | None
    canary: tuple[str, ...]


def head_of(root: Element) -> Head:
    heading = first(root, _TITLE)
    named, dated = _meta(root, "name"), _meta(root, "datePublished")
    title = next(iter(named), text_of(heading))
    about = read_set_title(title)
    event, venue = event_and_venue(about.event, text_of(None if heading is None else first(heading, _EVENT)))
    marks = {"its name": named, "its date": dated, "a title with links": heading is not None}
    return Head(
        title=title or None,
        dj_name=_dj_name(root, heading, title) or about.artist or None,
        event_name=event,
        venue=venue,
        date=next(filter(None, map(valid_date, dated)), about.date),
        genres=tuple(dict.fromkeys(_genres(root)))[:_GENRES_MAX],
        url=next((url for url in _urls(root) if _PAGE_URL.fullmatch(url)), None),
        canary=tuple(mark for mark, found in marks.items() if not found),
    )


def _dj_name(root: Element, heading: Element | None, title: str) -> str:
    """As the title joins several; where it has no `@`, as the page names its authors, or links them."""
    if " @ " in title:
        return read_set_title(title).artist
    linked = [] if heading is None else [text_of(dj) for dj in select(heading, _DJS)]
    return " & ".join(_meta(root, "author") or linked)


def _genres(root: Element) -> list[str]:
    styles = text_of(first(root, "//div[@id='tl_music_styles']"))
    return _meta(root, "genre") or [style.strip() for style in styles.split(",") if style.strip()]


def _meta(root: Element, name: str) -> list[str]:
    return [text for each in select(root, _METAS.format(name)) if (text := attribute(each, "content"))]


def _urls(root: Element) -> list[str]:
    return [attribute(each, "content") or attribute(each, "href") for each in select(root, _URLS)]
