"""Somebody else's HTML as a tree. Whoever wrote it may be hostile: its size, depth and number of elements are bounded,
and no text of it leaves here as it came.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, TypeAlias
from unicodedata import normalize

from lxml import etree

from api_queue.errors import NotATracklistPage, TooLarge

#: The largest pages of the site have about 1 MiB.
PAGE_BYTES_MAX: Final = 4 << 20
#: So much is read before it is looked at whether that was too much.
_BITE_BYTES: Final = 1 << 16
#: Real ones have 20 levels, and 20,000 elements and pieces of text.
_DEPTH_MAX: Final = 64
_PIECES_MAX: Final = 100_000
#: A tree compares each attribute of an element with all before it.
_ATTRIBUTES_MAX: Final = 100
#: Titles of mashups run to 300 letters.
TEXT_MAX: Final = 500
#: No XML has them, and so no tree.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WORD: Final = re.compile("[a-z][a-z0-9-]*")
#: Control characters, halves of surrogates, and what turns the direction of the text around it.
_UNFIT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
#: A class in one of our paths.
_CLASS: Final = re.compile(r"(?<=[\[ ])\.([\w-]+)(?=[\] ])")

Element: TypeAlias = etree._Element


def tree_of(page: str) -> Element:
    """Raises TooLarge, NotATracklistPage."""
    data = page.encode("utf-8", "replace")
    if len(data) > PAGE_BYTES_MAX:
        raise TooLarge(limit_bytes=PAGE_BYTES_MAX)
    if not data.strip():
        raise NotATracklistPage(reason="it is empty")
    try:
        return _built(data)
    except etree.XMLSyntaxError:
        raise NotATracklistPage(reason="it has no elements") from None


def _built(data: bytes) -> Element:
    builder = _Builder()
    parser = etree.HTMLParser(encoding="utf-8", target=builder)
    for start in range(0, len(data), _BITE_BYTES):
        parser.feed(data[start : start + _BITE_BYTES])
        if builder.excess:
            raise NotATracklistPage(reason="its elements are too many, or lie too deep in each other")
    return parser.close()


class _Builder(etree.TreeBuilder):
    """Builds no more of the tree once there is too much of something."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._pieces = 0
        self.excess = False

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        self._depth += 1
        self.excess |= self._depth > _DEPTH_MAX or len(attributes) > _ATTRIBUTES_MAX
        self._count()
        if not self.excess:
            fit = {name: _NO_XML.sub(" ", value) for name, value in attributes.items() if _WORD.fullmatch(name)}
            super().start(_tag(tag), fit)

    def data(self, text: str, /) -> None:
        self._count()
        if not self.excess:
            super().data(_NO_XML.sub(" ", text))

    def end(self, tag: str, /) -> None:
        self._depth -= 1
        if not self.excess:
            super().end(_tag(tag))

    def comment(self, text: str, /) -> None:
        """Nothing is read of it."""

    def pi(self, target: str, data: str | None = None, /) -> None:
        """Nor of `<?...>`."""

    def _count(self) -> None:
        self._pieces += 1
        self.excess |= self._pieces > _PIECES_MAX

    def close(self) -> Element:
        return etree.Element("html") if self.excess else super().close()


def _tag(name: str) -> str:
    """One that a tree may have."""
    return name if _WORD.fullmatch(name) else "other"


def select(node: Element, path: str) -> list[Element]:
    """The elements at an XPath. `.name` in brackets is a class: `//div[.cue or .cueValueField]`."""
    found = _compiled(path)(node)
    return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []


def first(node: Element, path: str) -> Element | None:
    return next(iter(select(node, path)), None)


@lru_cache(maxsize=128)
def _compiled(path: str) -> etree.XPath:
    return etree.XPath(_CLASS.sub(r"contains(concat(' ', @class, ' '), ' \1 ')", path))


def text_of(node: Element | None) -> str:
    """What a reader sees, in one line."""
    return "" if node is None else clean("".join(_start_of(node)))


def _start_of(node: Element) -> Iterator[str]:
    """No more than what is kept, so that elements within elements cost no more than the page is long."""
    length = 0
    for piece in node.itertext():
        yield piece
        length += len(piece)
        if length > 4 * TEXT_MAX:
            return


def attribute(node: Element | None, name: str) -> str:
    return "" if node is None else clean(node.get(name) or "")


def has_class(node: Element, name: str) -> bool:
    return name in (node.get("class") or "").split()


def clean(text: str) -> str:
    """One line in composed letters, no longer than TEXT_MAX."""
    return normalize("NFC", " ".join(_UNFIT.sub(" ", text[: 8 * TEXT_MAX]).split()))[:TEXT_MAX].rstrip()
