"""When an address of the music is good: the rule, against every reason that there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadBody, BadMediaToken, ForeignMediaToken
from api_queue.media.models import Lease, MediaToken, Minted, Turn, check_use, holds
from api_queue.media.wire import MintBody, minted_json
from api_queue.types import DeviceId, QueueName, TrackId

PARTY = QueueName("party")
KITCHEN, PHONE = DeviceId("kitchen"), DeviceId("phone")
SONG, OTHER = TrackId("song"), TrackId("other")
NOW = 1_000

devices = st.sampled_from([KITCHEN, PHONE])
numbers = st.integers(1, 3)
times = st.integers(NOW - 2, NOW + 2)
leases = st.none() | st.builds(Lease, devices, numbers, times)
turns = st.none() | st.builds(Turn, st.just(PARTY), devices, numbers)


def verdict(token: MediaToken, track_id: TrackId, lease: Lease | None) -> str:
    try:
        check_use(token, track_id, lease, NOW)
    except ForeignMediaToken:
        return "foreign"
    except BadMediaToken:
        return "dead"
    return "good"


@given(turns, leases, times, st.sampled_from([SONG, OTHER]))
def test_a_token_is_good_for_its_track_its_turn_and_its_time(
    turn: Turn | None, lease: Lease | None, expires_at_ms: int, asked: TrackId
) -> None:
    # Given what the spec asks, one reason after the other
    mine = turn is None or (
        lease is not None and lease.device_id == turn.device_id and lease.generation == turn.generation
    )
    in_time = expires_at_ms > NOW
    alive = turn is not None and lease is not None and lease.lease_until_ms > NOW
    expected = "foreign" if asked != SONG or not mine else "good" if in_time or alive else "dead"
    # Then the rule says the same
    assert verdict(MediaToken("who", SONG, expires_at_ms, turn), asked, lease) == expected


@given(turns.filter(bool), leases)
def test_a_turn_is_held_by_its_device_in_its_generation_only(turn: Turn, lease: Lease | None) -> None:
    same = lease is not None and (lease.device_id, lease.generation) == (turn.device_id, turn.generation)
    assert holds(lease, turn) is same


def test_a_device_that_took_its_turn_back_holds_the_new_one_only() -> None:
    """The kitchen, the phone, the kitchen again: what was minted before is not good again."""
    old, new = Turn(PARTY, KITCHEN, 1), Turn(PARTY, KITCHEN, 3)
    lease = Lease(KITCHEN, 3, NOW + 15_000)
    assert verdict(MediaToken("who", SONG, NOW + 1, old), SONG, lease) == "foreign"
    assert verdict(MediaToken("who", SONG, NOW + 1, new), SONG, lease) == "good"


@pytest.mark.parametrize(("expires", "said"), [(NOW + 1, "good"), (NOW, "dead"), (NOW - 1, "dead")])
def test_an_admins_own_ends_on_the_millisecond_whatever_is_leased(expires: int, said: str) -> None:
    for lease in (None, Lease(KITCHEN, 1, NOW + 15_000)):
        assert verdict(MediaToken("admin", SONG, expires), SONG, lease) == said


@pytest.mark.parametrize(("until", "said"), [(NOW + 1, "good"), (NOW, "dead")])
def test_a_heartbeat_keeps_it_to_the_end_of_the_lease(until: int, said: str) -> None:
    token = MediaToken("who", SONG, NOW - 600_000, Turn(PARTY, KITCHEN, 1))
    assert verdict(token, SONG, Lease(KITCHEN, 1, until, NOW - 700_000)) == said


@pytest.mark.parametrize(("since", "said"), [(NOW - 601, "good"), (NOW - 600, "dead"), (NOW, "dead")])
def test_what_died_while_nobody_held_the_lease_stays_dead(since: int, said: str) -> None:
    token = MediaToken("who", SONG, NOW - 600, Turn(PARTY, KITCHEN, 1))
    assert verdict(token, SONG, Lease(KITCHEN, 1, NOW + 15_000, since)) == said


# -- what is asked for and answered ----------------------------------------------------------------------------


def test_a_device_names_its_turn() -> None:
    assert MintBody(SONG, PARTY, KITCHEN, 7).turn() == Turn(PARTY, KITCHEN, 7)


def test_without_a_device_there_is_no_turn() -> None:
    assert MintBody(SONG).turn() is None
    assert MintBody(SONG, PARTY, generation=7).turn() is None


def test_a_generation_of_zero_is_one() -> None:
    assert MintBody(SONG, PARTY, KITCHEN, 0).turn() == Turn(PARTY, KITCHEN, 0)


@pytest.mark.parametrize("body", [MintBody(SONG, None, KITCHEN, 7), MintBody(SONG, PARTY, KITCHEN)])
def test_half_a_turn_is_a_bad_body(body: MintBody) -> None:
    with pytest.raises(BadBody):
        body.turn()


@pytest.mark.parametrize(
    ("track_id", "path"),
    [("song", "song"), ("a/b", "a%2Fb"), ("../up", "..%2Fup"), ("a?b#c", "a%3Fb%23c"), ("日", "%E6%97%A5")],
)
def test_an_address_is_one_level_whatever_the_track_is_called(track_id: str, path: str) -> None:
    minted = Minted("text", MediaToken("who", TrackId(track_id), 5_000), 120)
    assert minted_json(minted)["url"] == f"/media/tracks/{path}?token=text"
