"""Frames against a reader written from the standard's section 9.2.6, line by line."""

import re
from dataclasses import dataclass, field

from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats import sse

texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.sampled_from(["items_change", "snapshot", "reset"])
ids = st.none() | st.from_regex(r"[0-9]{1,13}-[0-9]{1,3}", fullmatch=True)


@dataclass
class Reader:
    """A browser's EventSource."""

    events: list[tuple[str, str, str]] = field(default_factory=list)
    last_id: str = ""
    retry_ms: int | None = None

    def read(self, stream: bytes) -> list[tuple[str, str, str]]:
        name = ""
        data: list[str] = []
        for line in re.split("\r\n|\r|\n", stream.decode()):
            if not line:
                if data:
                    self.events.append((name or "message", "\n".join(data), self.last_id))
                name, data = "", []
                continue
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            match key:
                case "event":
                    name = value
                case "data":
                    data.append(value)
                case "id":
                    self.last_id = value
                case "retry":
                    self.retry_ms = int(value)
        return self.events


@given(names, texts, ids)
@example("reset", "", None)
@example("reset", "a\n", "1-0")
@example("reset", "\n\nevent: forged\ndata: x\n\n", "1-0")
@example("reset", "one\x0btwo\u2028three\x85four\n", None)
def test_any_text_is_one_event_with_all_of_it(name: str, text: str, event_id: str | None) -> None:
    # Given a frame of any text / When a browser reads it
    [event] = Reader().read(sse.frame(name, text, event_id))
    # Then it is that text, with line ends as the standard gives them back
    assert event == (name, re.sub("\r\n|\r", "\n", text), event_id or "")


@given(st.lists(st.tuples(names, texts, ids), max_size=6))
def test_frames_after_one_another_are_as_many_events(frames: list[tuple[str, str, str | None]]) -> None:
    stream = b"".join(sse.frame(*frame) for frame in frames)
    assert [name for name, _, _ in Reader().read(stream)] == [name for name, _, _ in frames]


def test_a_frame_without_an_id_leaves_the_readers_position() -> None:
    events = Reader().read(sse.frame("a", "1", "7-0") + sse.frame("b", "2") + sse.frame("c", "3", "8-0"))
    assert [event_id for _, _, event_id in events] == ["7-0", "7-0", "8-0"]


def test_a_comment_between_two_events_changes_nothing() -> None:
    with_comment = sse.frame("a", "1", "7-0") + sse.comment() + sse.frame("b", "2")
    assert Reader().read(with_comment) == Reader().read(sse.frame("a", "1", "7-0") + sse.frame("b", "2"))


def test_a_retry_tells_the_reader_and_nobody_else() -> None:
    reader = Reader()
    assert reader.read(sse.retry(1500)) == []
    assert reader.retry_ms == 1500


def _chunks(stream: bytes) -> list[bytes]:
    """RFC 9112, 7.1, as a proxy reads it."""
    found = []
    while stream:
        size, _, rest = stream.partition(b"\r\n")
        length = int(size, 16)
        assert rest[length : length + 2] == b"\r\n"
        found.append(rest[:length])
        stream = rest[length + 2 :]
    return found


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5))
def test_chunks_are_read_as_they_were_written(bodies: list[bytes]) -> None:
    assert _chunks(b"".join(map(sse.chunk, bodies))) == bodies


def test_an_empty_chunk_is_the_end_of_the_answer() -> None:
    assert sse.chunk(b"") == b"0\r\n\r\n"
