"""`Artist - Title (Remix)`, as tracklists everywhere write it."""

import re
from typing import Final, NamedTuple

#: What stands between artist and title.
DIVIDER: Final = " - "
#: The last bracket of a title, where one of these words says that it is a version.
_VERSION: Final = re.compile(
    r"(?i)\b(?:remix|re-?mix(?:ed)?|mix|edit|bootleg|re-?work|vip|mash-?up|flip|dub|refix|re-?edit|version|instrumental"
    r"|ac+app?ella|acapella|remaster(?:ed)?)\b"
)


class TrackName(NamedTuple):
    artist: str
    title: str
    remix: str | None


def split_name(name: str, dividers: int = 0) -> TrackName:
    """At the first divider, or after as many as the artist's own name holds. Without one, all of it is the title."""
    parts = name.split(DIVIDER)
    at = min(dividers + 1, len(parts) - 1)
    title, remix = split_title(DIVIDER.join(parts[at:]).strip())
    return TrackName(DIVIDER.join(parts[:at]).strip(), title, remix)


def split_title(title: str) -> tuple[str, str | None]:
    """The last bracket apart, when it tells of a version: `Work (Club Mix)`. With brackets in it, it stays."""
    before, opened, inside = title.rpartition("(")
    version = inside.removesuffix(")")
    if opened and before.strip() and inside.endswith(")") and ")" not in version and _VERSION.search(version):
        return before.strip(), version.strip()
    return title, None


def join_title(title: str, remix: str | None) -> str:
    """As it was before `split_title`."""
    return f"{title} ({remix})" if remix else title
