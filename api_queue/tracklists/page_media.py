"""Where the recording of a set can be heard, how long it is, and how it was received: what stands around the rows."""

import re
from typing import Final
from urllib.parse import urlsplit

from api_queue.formats.set_times import read_time
from api_queue.tracklists.models import Metadata, Player
from api_queue.tracklists.page_tree import Element, attribute, select, text_of
from api_queue.types import Milliseconds

_COUNTS: Final = "//meta[@itemprop='interactionCount']"
#: Labels and values, one after the other.
_SIDE: Final = "//div[.sTab]/div"
_LENGTH: Final = re.compile(r"(?:(\d{1,3}) hours?)? ?(?:(\d{1,2}) minutes?)? ?(?:(\d{1,2}) seconds?)?", re.ASCII)
#: The tabs of the first medium: the same recordings lie at several.
_TABS: Final = "(//ul[li[starts-with(@id, 'mediaLinkBtn')]])[1]/li[starts-with(@id, 'mediaLinkBtn')]"
_TAB: Final = re.compile(r"Player (\d{1,2})(?: \[([\d:]{4,8})\])?", re.ASCII)
_MEDIA: Final = "//div[@data-idmedia and @data-idsource]"
_MEDIUM_ID: Final = re.compile(r"\bmediaItem([\w-]{5,20})(?:\s|$)", re.ASCII)
_PLAYERS_MAX: Final = 20
#: The numbers that the site gives to media.
_YOUTUBE, _SOUNDCLOUD = "13", "10"
_ADDRESSES: Final = {
    _YOUTUBE: "https://www.youtube.com/watch?v={}",
    _SOUNDCLOUD: "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/{}",
}


def metadata_of(root: Element) -> Metadata | None:
    """None for a page that tells nothing of it."""
    links = _links(root)
    found = Metadata(
        duration_minutes=_minutes(root),
        play_count=_count(root, "UserPageVisits"),
        favorite_count=_count(root, "UserLikes"),
        youtube_url=next((url for source, url in links.values() if source == _YOUTUBE), None),
        soundcloud_url=next((url for source, url in links.values() if source == _SOUNDCLOUD), None),
        mixcloud_url=_frame(root, "mixcloud.com"),
        players=_players(root, {medium: url for medium, (_, url) in links.items()}),
    )
    return found if found != Metadata() else None


def _count(root: Element, of: str) -> int | None:
    for each in select(root, _COUNTS):
        name, _, number = attribute(each, "content").partition(":")
        if name == of and re.fullmatch(r"[0-9]{1,12}", number):
            return int(number)
    return None


def _minutes(root: Element) -> float | None:
    """`2 hours 36 minutes 46 seconds`, each part of which may be missing."""
    label = next((each for each in select(root, _SIDE) if text_of(each) == "Duration"), None)
    text = text_of(None if label is None else label.getnext())
    length = _LENGTH.fullmatch(text)
    if length is None or not text:
        return None
    hours, minutes, seconds = (int(part or 0) for part in length.groups())
    return round(hours * 60 + minutes + seconds / 60, 2)


def _links(root: Element) -> dict[str, tuple[str, str]]:
    """The medium and the address of each, by the number that the page gives it."""
    found = {}
    for each in select(root, _MEDIA)[:_PLAYERS_MAX]:
        source, name = attribute(each, "data-idsource"), _MEDIUM_ID.search(each.get("class") or "")
        if name and source in _ADDRESSES:
            found[attribute(each, "data-idmedia")] = (source, _ADDRESSES[source].format(name[1]))
    return found


def _frame(root: Element, host: str) -> str | None:
    addresses = (attribute(each, "src") for each in select(root, "//iframe[@src]"))
    return next((url for url in addresses if _is_of(url, host)), None)


def _is_of(url: str, host: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and f".{parts.hostname}".endswith(f".{host}")


def _players(root: Element, urls: dict[str, str]) -> tuple[Player, ...]:
    """Several recordings of one set; a single one is the set itself."""
    players = [_player(tab, urls) for tab in select(root, _TABS)[:_PLAYERS_MAX]]
    return tuple(filter(None, players)) if len(players) > 1 else ()


def _player(tab: Element, urls: dict[str, str]) -> Player | None:
    name = _TAB.match(text_of(tab))
    if name is None:
        return None
    length_ms = read_time(name[2]) if name[2] else None
    url = urls.get(attribute(tab, "id").removeprefix("mediaLinkBtn"))
    return Player(number=int(name[1]), duration_ms=None if length_ms is None else Milliseconds(length_ms), url=url)
