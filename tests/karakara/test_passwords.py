"""The password of a room: hard to guess, easy to type, and of this room alone."""

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.karakara.passwords import Passwords
from api_queue.queues.models import Queue
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.types import QueueName

KEY = b"k" * 32
RANDOM = Passwords(KEY, "random")
ROOM = Queue(
    name=QueueName("kara"),
    kind="named",
    rev=1,
    created_at_ms=1_700_000_000_000,
    changed_at_ms=1_700_000_000_000,
    settings=QueueSettings(),
    settings_rev=0,
    session_rev=0,
    session=Session(),
    head=0,
    total=0,
    waiting_ms=0,
    fixed=0,
)


def test_it_is_eight_small_letters_and_digits_that_nobody_mistakes_for_others() -> None:
    assert re.fullmatch("[0-9a-hjkmnp-tv-z]{8}", RANDOM.of(ROOM))


def test_it_lasts_as_long_as_the_room_whatever_happens_there() -> None:
    later = replace(ROOM, rev=99, changed_at_ms=1_800_000_000_000, settings=QueueSettings(title="New"))
    assert RANDOM.of(later) == RANDOM.of(ROOM)


def test_a_later_room_of_the_same_name_has_another() -> None:
    assert RANDOM.of(replace(ROOM, created_at_ms=ROOM.created_at_ms + 1)) != RANDOM.of(ROOM)


def test_the_host_can_have_another() -> None:
    assert RANDOM.of(replace(ROOM, rekeyed=1)) != RANDOM.of(ROOM)


def test_another_room_and_another_server_have_others() -> None:
    rooms = [ROOM, replace(ROOM, name=QueueName("kara1"))]
    servers = [RANDOM, Passwords(b"l" * 32, "random")]
    assert len({server.of(room) for server in servers for room in rooms}) == 4


def test_where_it_is_the_name_it_is_the_name() -> None:
    named = Passwords(KEY, "name")
    assert named.of(ROOM) == "kara"
    assert named.is_right(ROOM, "Kara ")
    assert not named.is_right(ROOM, RANDOM.of(ROOM))


def test_it_may_be_written_as_it_was_heard() -> None:
    # Given a room whose password has a one and a zero
    rooms = (replace(ROOM, rekeyed=times) for times in range(1000))
    room = next(room for room in rooms if {"0", "1"} <= set(RANDOM.of(room)))
    # Then an O and an L are taken for them
    for one in "iIlL":
        assert RANDOM.is_right(room, RANDOM.of(room).replace("0", "O").replace("1", one))


@given(st.text())
def test_no_other_text_is_right(text: str) -> None:
    alike = text.strip().lower().translate(str.maketrans("ilo", "110"))
    assert RANDOM.is_right(ROOM, text) is (alike == RANDOM.of(ROOM))


def test_it_shows_its_key_nowhere() -> None:
    assert "kkkk" not in repr(RANDOM)
