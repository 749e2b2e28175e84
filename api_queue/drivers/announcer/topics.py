"""Topics and filters (MQTT 3.1.1, 4.7), and one tree that holds either and is asked with the other."""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

#: Our own topics have four levels after the prefix; the bounds keep what a guest's filters can cost small.
LONGEST: Final = 512
MOST_LEVELS: Final = 16

T = TypeVar("T")


def valid_topic(topic: str) -> bool:
    return _fits(topic) and "+" not in topic and "#" not in topic


def valid_filter(text: str) -> bool:
    """`+` stands for one whole level, `#` for all that are left, so it comes last."""
    *before, last = text.split("/")
    return _fits(text) and "#" not in "".join(before) and all(map(_whole, (*before, last)))


def _fits(path: str) -> bool:
    return 0 < len(path) <= LONGEST and path.count("/") < MOST_LEVELS


def _whole(level: str) -> bool:
    return level in {"+", "#"} or not {"+", "#"} & set(level)


class _Node(Generic[T]):
    __slots__ = ("children", "value")

    def __init__(self) -> None:
        self.children: dict[str, _Node[T]] = {}
        self.value: T | None = None


class Tree(Generic[T]):
    """Paths to values. A level that starts with `$` at the root is hidden from wildcards there."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def get(self, path: str) -> T | None:
        node: _Node[T] | None = self._root
        for level in path.split("/"):
            node = node.children.get(level) if node else None
        return node.value if node else None

    def put(self, path: str, value: T) -> None:
        node = self._root
        for level in path.split("/"):
            node = node.children.setdefault(level, _Node())
        node.value = value

    def remove(self, path: str) -> None:
        """And every level that is empty then."""
        _remove(self._root, path.split("/"))

    def topics(self, wanted: str) -> Iterator[T]:
        """Of a tree of topics: the values that the filter `wanted` covers."""
        return _covered(self._root, wanted.split("/"), at_root=True)

    def filters(self, topic: str) -> Iterator[T]:
        """Of a tree of filters: the values whose filter covers `topic`."""
        return _covering(self._root, topic.split("/"), at_root=True)


def _remove(node: _Node[T], levels: list[str]) -> None:
    if not levels:
        node.value = None
    elif child := node.children.get(levels[0]):
        _remove(child, levels[1:])
        if child.value is None and not child.children:
            del node.children[levels[0]]


def _covered(node: _Node[T], levels: list[str], *, at_root: bool = False) -> Iterator[T]:
    if (not levels or levels[0] == "#") and node.value is not None:
        yield node.value
    if not levels:
        return
    level, rest = levels[0], levels[1:]
    if level not in {"+", "#"}:
        children = [node.children[level]] if level in node.children else []
    else:
        children = [child for name, child in node.children.items() if not (at_root and name.startswith("$"))]
    for child in children:
        yield from _covered(child, levels if level == "#" else rest)


def _covering(node: _Node[T], levels: list[str], *, at_root: bool = False) -> Iterator[T]:
    hidden = at_root and levels[0].startswith("$")
    if not hidden and (rest := node.children.get("#")) and rest.value is not None:
        yield rest.value
    if not levels:
        if node.value is not None:
            yield node.value
        return
    for name in levels[:1] if hidden else (levels[0], "+"):
        if child := node.children.get(name):
            yield from _covering(child, levels[1:])
