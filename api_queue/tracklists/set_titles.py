"""`Artist @ Stage, Event, Place, Country 2025-05-17`: how a set is titled. Older ones are `Artist - Event 2016-03-01`.

A date in brackets is that of an event which was sent later: `Artist @ Radio 009 (Event, Place 2024-10-26) 2024-11-05`.
"""

import re
from datetime import date
from typing import Final, NamedTuple

_DATE_AT_END: Final = re.compile(r"(?:^|\s+)(\d{4}-\d\d-\d\d)$")
_BRACKET: Final = re.compile(r" ?\([^()]*\)")


class SetTitle(NamedTuple):
    """`event` is all between the artist and the date."""

    artist: str
    event: str
    date: str | None


def read_set_title(text: str) -> SetTitle:
    """Without a divider all of it is the artist's part, as in the rows that are advertisements."""
    found = _DATE_AT_END.search(text)
    bare = text[: found.start()] if found else text
    divider = " @ " if " @ " in bare else " - "
    artist, _, event = bare.partition(divider)
    return SetTitle(artist.strip(), event.strip(), valid_date(found[1]) if found else None)


def event_and_venue(text: str, source: str) -> tuple[str | None, str | None]:
    """`source` is what the page links as the event; the rest, stage and place, is the venue."""
    parts = _BRACKET.sub("", text).split(", ")
    event = next((part for part in parts if source and source in part), None)
    if event is None:
        return source or text or None, None
    return event, ", ".join(part for part in parts if part != event) or None


def valid_date(text: str) -> str | None:
    """`YYYY-MM-DD`, when there is such a day."""
    try:
        return text if date.fromisoformat(text).isoformat() == text else None
    except ValueError:
        return None
