"""Server-Sent Events read as the WHATWG standard says (9.2.6), from whatever pieces they come in."""

import codecs
import re
from collections.abc import Iterator

#: A CR at the end may be the first half of a CRLF, so it waits for what follows.
_LINE = re.compile(r"\r\n|\n|\r(?!\Z)")


class SseReader:
    """`last_id` is what a reader that comes back asks to go on from; empty before the first."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._rest = ""
        self._name = ""
        self._data: list[str] = []
        self._id = ""
        self.last_id = ""

    def feed(self, piece: bytes) -> Iterator[tuple[str, str]]:
        """The name and data of each event that is complete now."""
        *lines, self._rest = _LINE.split(self._rest + self._decode(piece))
        for line in lines:
            if line:
                self._take(line)
            else:
                yield from self._end()

    def _take(self, line: str) -> None:
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
        elif field == "id" and "\0" not in value:
            self._id = value

    def _end(self) -> Iterator[tuple[str, str]]:
        name, data = self._name or "message", self._data
        self._name, self._data, self.last_id = "", [], self._id
        if data:
            yield name, "\n".join(data)
