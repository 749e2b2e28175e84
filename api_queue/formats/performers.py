"""When two spellings are one performer, and who sings a duet."""

import unicodedata


def same_performer(name: str) -> str:
    """The key under which two spellings of a name are one performer: case and width do not matter."""
    return unicodedata.normalize("NFKC", name).casefold()


def singers(name: str) -> tuple[str, ...]:
    """`same_performer` of each who sings, once; the names of a duet are joined by ` & `."""
    return tuple(dict.fromkeys(same_performer(part.strip()) for part in name.split(" & ") if part.strip()))
