"""Who gets an address of the music, and how long it is good."""

import json

import pytest
from structlog.testing import capture_logs

from api_queue.errors import BadMediaToken, ForeignMediaToken, NotTheSpeaker, TrackNotFound
from api_queue.media.models import MAX_BAD_USES, Turn
from api_queue.media.service import MediaService
from api_queue.tracks.models import Part
from api_queue.types import DeviceId, Milliseconds, QueueName, TrackId
from api_queue.web.identity import Caller, Grant
from tests.media.conftest import (
    ADMIN,
    KITCHEN,
    OTHER,
    PARTY,
    SPEAKER,
    TRACK,
    TTL_S,
    Leases,
    Library,
    MovedClock,
    caller,
)

SONG = TrackId("song")
SECOND_MINUTE = Part(TRACK, Milliseconds(60_000), Milliseconds(120_000))
BALCONY = Turn(PARTY, DeviceId("balcony"), 8)


# -- minting ---------------------------------------------------------------------------------------------------


async def test_of_a_part_the_address_is_the_recordings(service: MediaService, library: Library) -> None:
    library.parts[SONG] = SECOND_MINUTE

    minted = await service.mint(SPEAKER, SONG, KITCHEN)

    assert minted.part_of == SECOND_MINUTE
    assert await service.file_of(TRACK, minted.text) == library.places[TRACK]
    with pytest.raises(ForeignMediaToken):
        await service.file_of(OTHER, minted.text)


async def test_the_active_device_gets_an_address(service: MediaService, library: Library, clock: MovedClock) -> None:
    minted = await service.mint(SPEAKER, TRACK, KITCHEN)
    assert (minted.ttl_s, minted.token.expires_at_ms) == (TTL_S, clock.now_ms() + TTL_S * 1000)
    assert await service.file_of(TRACK, minted.text) == library.places[TRACK]


@pytest.mark.parametrize("role", ["speaker", "host", "admin"])
async def test_those_who_may_speak_may_mint(service: MediaService, role: str) -> None:
    assert await service.mint(caller(role), TRACK, KITCHEN)  # type: ignore[arg-type]  # roles, as text


async def test_to_listen_needs_no_turn_and_gives_none(
    service: MediaService, library: Library, leases: Leases, clock: MovedClock
) -> None:
    minted = await service.mint_to_listen(caller("member"), TRACK)
    assert await service.file_of(TRACK, minted.text) == library.places[TRACK]
    with pytest.raises(ForeignMediaToken):
        await service.file_of(OTHER, minted.text)
    # And no heartbeat of a speaker keeps it alive
    clock.forward_s(TTL_S)
    leases.beat()
    with pytest.raises(BadMediaToken):
        await service.file_of(TRACK, minted.text)


@pytest.mark.parametrize("role", [None, "member", "helper", "screen"])
async def test_others_may_not(service: MediaService, role: str) -> None:
    with pytest.raises(NotTheSpeaker):
        await service.mint(caller(role), TRACK, KITCHEN)  # type: ignore[arg-type]  # roles, as text


async def test_the_host_of_another_queue_may_not(service: MediaService) -> None:
    with pytest.raises(NotTheSpeaker):
        await service.mint(caller("host", QueueName("other")), TRACK, KITCHEN)


@pytest.mark.parametrize(
    "turn", [BALCONY, Turn(PARTY, KITCHEN.device_id, 6), Turn(QueueName("other"), KITCHEN.device_id, 7)]
)
async def test_who_does_not_hold_the_lease_may_not(service: MediaService, turn: Turn) -> None:
    with pytest.raises(NotTheSpeaker):
        await service.mint(ADMIN, TRACK, turn)


async def test_a_lease_that_ran_out_mints_nothing(service: MediaService, clock: MovedClock) -> None:
    clock.forward_s(15)
    with pytest.raises(NotTheSpeaker):
        await service.mint(SPEAKER, TRACK, KITCHEN)


async def test_a_device_by_its_own_token_names_nothing(service: MediaService) -> None:
    assert (await service.mint(SPEAKER, TRACK, None)).token.turn == KITCHEN


@pytest.mark.parametrize("turn", [None, KITCHEN])
async def test_a_spare_gets_no_address_not_even_in_the_speakers_name(service: MediaService, turn: Turn | None) -> None:
    spare = Caller(None, "127.0.0.1", (Grant("speaker", PARTY, "token-of-spare"),))
    with pytest.raises(NotTheSpeaker):
        await service.mint(spare, TRACK, turn)


async def test_a_token_that_only_registers_speakers_is_none(service: MediaService) -> None:
    unregistered = Caller(None, "127.0.0.1", (Grant("speaker", PARTY, "token-of-nobody"),))
    with pytest.raises(NotTheSpeaker):
        await service.mint(unregistered, TRACK, KITCHEN)


async def test_only_an_admin_needs_no_device(service: MediaService) -> None:
    assert (await service.mint(ADMIN, TRACK, None)).token.turn is None
    with pytest.raises(NotTheSpeaker):
        await service.mint(caller("host"), TRACK, None)


async def test_an_unknown_track_has_no_address(service: MediaService) -> None:
    with pytest.raises(TrackNotFound):
        await service.mint(ADMIN, TrackId("nothing"), None)


# -- how long it lives -----------------------------------------------------------------------------------------


async def test_its_time_carries_it_over_a_missed_heartbeat(service: MediaService, clock: MovedClock) -> None:
    minted = await service.mint(SPEAKER, TRACK, KITCHEN)
    clock.forward_s(TTL_S - 1)
    assert await service.file_of(TRACK, minted.text)


async def test_a_heartbeat_carries_it_over_its_time(service: MediaService, leases: Leases, clock: MovedClock) -> None:
    # Given a device that plays a long set and still reports / When it seeks after ten minutes
    minted = await service.mint(SPEAKER, TRACK, KITCHEN)
    clock.forward_s(600)
    leases.beat()
    # Then the address is still good / And it dies with the heartbeat
    assert await service.file_of(TRACK, minted.text)
    clock.forward_s(15)
    with pytest.raises(BadMediaToken):
        await service.file_of(TRACK, minted.text)


async def test_it_dies_the_moment_the_speaker_changes(service: MediaService, leases: Leases) -> None:
    minted = await service.mint(SPEAKER, TRACK, KITCHEN)
    leases.beat(BALCONY)
    with pytest.raises(ForeignMediaToken):
        await service.file_of(TRACK, minted.text)
    # Also when the same device comes back: it has a new generation
    leases.beat(Turn(PARTY, KITCHEN.device_id, 9))
    with pytest.raises(ForeignMediaToken):
        await service.file_of(TRACK, minted.text)


async def test_it_dies_when_there_is_no_speaker_any_more(service: MediaService, leases: Leases) -> None:
    minted = await service.mint(SPEAKER, TRACK, KITCHEN)
    leases.current = None
    with pytest.raises(ForeignMediaToken):
        await service.file_of(TRACK, minted.text)


async def test_an_admins_own_lives_its_time_whoever_speaks(
    service: MediaService, leases: Leases, clock: MovedClock
) -> None:
    minted = await service.mint(ADMIN, TRACK, None)
    leases.beat(BALCONY)
    clock.forward_s(TTL_S - 0.001)
    assert await service.file_of(TRACK, minted.text)
    clock.forward_s(0.001)
    with pytest.raises(BadMediaToken):
        await service.file_of(TRACK, minted.text)


# -- misuse ----------------------------------------------------------------------------------------------------


async def test_it_opens_one_track(service: MediaService) -> None:
    minted = await service.mint(SPEAKER, TRACK, KITCHEN)
    with pytest.raises(ForeignMediaToken):
        await service.file_of(OTHER, minted.text)


async def test_repeated_misuse_costs_the_token_and_only_that(service: MediaService, clock: MovedClock) -> None:
    # Given a token that somebody tries on the whole library
    stolen = await service.mint(SPEAKER, TRACK, KITCHEN)
    for _ in range(MAX_BAD_USES):
        with pytest.raises(ForeignMediaToken):
            await service.file_of(OTHER, stolen.text)
    # Then, within a second, it opens nothing any more, not even its own track
    clock.forward_s(1)
    with pytest.raises(BadMediaToken):
        await service.file_of(TRACK, stolen.text)
    # And the device is not locked out
    fresh = await service.mint(SPEAKER, OTHER, KITCHEN)
    assert await service.file_of(OTHER, fresh.text)


async def test_mints_and_misuse_are_logged_without_the_token(service: MediaService) -> None:
    with capture_logs() as lines:
        minted = await service.mint(SPEAKER, TRACK, KITCHEN)
        with pytest.raises(ForeignMediaToken):
            await service.file_of(OTHER, minted.text)
    assert [(line["log_level"], line["who"], line["device_id"]) for line in lines] == [
        ("debug", "token-of-speaker", "kitchen"),
        ("warning", "token-of-speaker", "kitchen"),
    ]
    assert minted.text not in json.dumps(lines)
