"""The rows of a page, one by one: from the microdata first, and where an ID row has none from what is shown.

Selectors are those of pages of 2023 to 2026 and, where they differ, of the tables of 2016 to 2018.
"""

import re
from typing import Final, NamedTuple

from api_queue.errors import PageChanged
from api_queue.tracklists.models import Kind
from api_queue.tracklists.page_tree import Element, attribute, clean, first, has_class, select, text_of
from api_queue.tracklists.track_names import DIVIDER, split_name, split_title

#: The longest sets of a day have 500.
ROWS_MAX: Final = 1000
_ROWS: Final = "//div[.tlpItem] | //tr[.tlpItem]"
_NAME: Final = (
    ".//*[contains(@id, '_content')]/meta[@itemprop='name'] | .//*[@itemprop='tracks']/meta[@itemprop='name']"
)
_SHOWN: Final = ".//span[.trackValue or .trackFormat]"
_NUMBER: Final = ".//*[contains(@id, '_tracknumber_value')] | .//input[starts-with(@id, 'tlp_tracknumber_')]"
_CUE: Final = ".//div[.cue or .cueValueField or contains(@onclick, 'toggleCue')]"
_QUALIFIERS: Final = ".//span[.trackStatus or .trackEditData]"
_QUALIFIERS_MAX: Final = 4
_LABELS: Final = ".//span[.trackLabel]"
_LABELS_MAX: Final = 20
_PLAYER: Final = re.compile(r"Player (\d{1,2})")


class PageRow(NamedTuple):
    """`content_id` names it in the page's script, `printed` is its time as shown, `player` the recording it is of."""

    content_id: str
    artist: str
    title: str
    remix: str | None
    kind: Kind
    label: str | None
    genre: str | None
    is_id: bool
    printed: str
    player: int | None


def rows_of(root: Element) -> tuple[PageRow, ...]:
    """In the order of the page, all or none. Raises PageChanged."""
    found = select(root, f"{_ROWS} | //div[.bItmH]")
    marked = any(element.get("data-isided") for element in found)
    player = None
    rows: list[PageRow] = []
    for element in found:
        if not has_class(element, "tlpItem"):
            player = _player(element) or player
        elif len(rows) == ROWS_MAX or _lies_within_another(element):
            raise PageChanged(reason=f"row {len(rows) + 1} lies within another, or is one of more than {ROWS_MAX}")
        else:
            rows.append(_row(element, len(rows) + 1, player, marked=marked))
    return tuple(rows)


def _player(heading: Element) -> int | None:
    """Of `Player 2` between two rows; other headings stand there as well."""
    name = _PLAYER.search(text_of(heading))
    return int(name[1]) if name else None


def _lies_within_another(element: Element) -> bool:
    """As none does: to read such rows would take as many times as long as they lie deep."""
    return any(has_class(outer, "tlpItem") for outer in element.iterancestors())


def _row(element: Element, at: int, player: int | None, *, marked: bool) -> PageRow:
    """`marked`: the page says of each main row whether it is identified."""
    artist, title = _name(element, at)
    for qualifier in select(element, _QUALIFIERS)[:_QUALIFIERS_MAX]:
        title = clean(f"{title} {text_of(qualifier)}")
    bare, remix = split_title(title)
    kind = _kind(element)
    return PageRow(
        content_id=attribute(first(element, ".//*[contains(@id, '_content')]"), "id"),
        artist=artist,
        title=bare,
        remix=remix,
        kind=kind,
        label=_label(element),
        genre=attribute(first(element, ".//meta[@itemprop='genre']"), "content") or None,
        is_id=_is_id(element, artist, title, told=marked and kind != "component"),
        printed=text_of(first(element, _CUE)),
        player=player,
    )


def _name(element: Element, at: int) -> tuple[str, str]:
    """Artist and title. A divider within the artist's name is known by what is shown, where each part is apart."""
    shown = first(element, _SHOWN)
    name = attribute(first(element, _NAME), "content") or text_of(shown)
    if not name:
        raise PageChanged(reason=f"row {at} has no name")
    within = 0 if shown is None else _before_divider(shown).count(DIVIDER)
    artist, title, remix = split_name(name, within)
    return artist, f"{title} ({remix})" if remix else title


def _before_divider(shown: Element) -> str:
    """The text of the spans before the one that is but a divider."""
    spans = list(shown)
    divider = next((at for at, span in enumerate(spans) if text_of(span) == "-"), 0)
    return " ".join(text_of(span) for span in spans[:divider])


def _label(element: Element) -> str | None:
    """Several are joined by `/`. In the microdata stands the first alone, since 2026 as HTML."""
    shown = [label for each in select(element, _LABELS)[:_LABELS_MAX] if (label := text_of(each))]
    publisher = attribute(first(element, ".//meta[@itemprop='publisher']"), "content")
    return clean("/".join(shown)) or (publisher if "<" not in publisher else "") or None


def _kind(element: Element) -> Kind:
    if has_class(element, "tlpSubTog"):
        return "component"
    number = first(element, _NUMBER)
    shown = text_of(number) or attribute(number, "value")
    return "with" if has_class(element, "con") or shown.startswith("w/") else "main"


def _is_id(element: Element, artist: str, title: str, *, told: bool) -> bool:
    """As the page tells, else by the name: `ID` in the place of one."""
    if told:
        return element.get("data-isided") != "true"
    return artist == "ID" or title == "ID" or title.startswith("ID (")
