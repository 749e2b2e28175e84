"""Who may have the music now, and which queues have a speaker at all."""

import pytest

from api_queue.errors import SpeakerTaken, StaleGeneration, UnknownQueue
from api_queue.media.models import Lease
from api_queue.playback.devices import Wish
from api_queue.playback.models import Heartbeat
from api_queue.playback.service import PlaybackService
from api_queue.types import DeviceId, QueueName
from tests.house import House
from tests.queues.party import somebody

PARTY, NOWHERE = QueueName("party"), QueueName("nowhere")
PHONE, TABLET = DeviceId("phone"), DeviceId("tablet")


HOST = somebody("host", PARTY)


@pytest.fixture
async def service(house: House) -> PlaybackService:
    """With a phone and a tablet that may be the speaker."""
    for device in (PHONE, TABLET):
        await house.parts.registration.register(HOST, PARTY, Wish(name=device.capitalize(), device_id=device))
    return house.parts.playback


async def test_a_queue_without_a_speaker_has_no_lease(service: PlaybackService) -> None:
    assert await service.lease(PARTY) is None


async def test_a_queue_that_is_none_has_no_lease_either(service: PlaybackService) -> None:
    assert await service.lease(NOWHERE) is None


async def test_the_lease_is_the_speakers_for_its_time(house: House, service: PlaybackService) -> None:
    queue = await service.choose_speaker(PARTY, PHONE, if_free=False)
    lease = await service.lease(PARTY)
    assert isinstance(lease, Lease)
    assert (lease.device_id, lease.generation) == (PHONE, queue.session.generation)
    assert 0 < lease.lease_until_ms - house.parts.clock.now_ms() <= 15_000


async def test_each_speaker_has_a_generation_of_its_own(service: PlaybackService) -> None:
    generations = [
        (await service.choose_speaker(PARTY, device, if_free=False)).session.generation
        for device in (PHONE, TABLET, PHONE)
    ]
    assert generations == sorted(set(generations))


async def test_a_place_is_only_taken_when_it_is_free_if_one_asks_so(service: PlaybackService) -> None:
    await service.choose_speaker(PARTY, PHONE, if_free=True)
    with pytest.raises(SpeakerTaken):
        await service.choose_speaker(PARTY, TABLET, if_free=True)
    lease = await service.lease(PARTY)
    assert lease is not None
    assert lease.device_id == PHONE


async def test_a_heartbeat_answers_with_the_lease_and_our_time(house: House, service: PlaybackService) -> None:
    queue = await service.choose_speaker(PARTY, PHONE, if_free=False)
    beat = Heartbeat(queue=PARTY, device_id=PHONE, generation=queue.session.generation)
    before_ms = house.parts.clock.now_ms()
    pulse = await service.heartbeat(HOST, beat)
    assert before_ms <= pulse.clock_ms <= house.parts.clock.now_ms()
    lease = await service.lease(PARTY)
    assert lease is not None
    assert pulse.lease_until_ms >= queue.session.lease_until_ms


async def test_a_heartbeat_of_a_generation_that_is_over_is_refused(service: PlaybackService) -> None:
    queue = await service.choose_speaker(PARTY, PHONE, if_free=False)
    await service.choose_speaker(PARTY, TABLET, if_free=False)
    with pytest.raises(StaleGeneration):
        await service.heartbeat(HOST, Heartbeat(queue=PARTY, device_id=PHONE, generation=queue.session.generation))


async def test_a_speaker_that_the_host_allows_no_more_leaves_its_seat(house: House, service: PlaybackService) -> None:
    # Given a phone that speaks
    queue = await service.choose_speaker(PARTY, PHONE, if_free=False)
    # When the host's setting names the tablet alone
    await house.parts.queues.change_settings(PARTY, {"devices": [TABLET]})
    # Then the phone's next heartbeat is of the past, and nobody has the music
    with pytest.raises(StaleGeneration):
        await service.heartbeat(HOST, Heartbeat(queue=PARTY, device_id=PHONE, generation=queue.session.generation))
    assert await service.lease(PARTY) is None


async def test_only_a_queue_that_is_there_has_a_session(service: PlaybackService) -> None:
    assert (await service.session(PARTY)).view.queue.name == PARTY
    with pytest.raises(UnknownQueue):
        await service.session(NOWHERE)
    with pytest.raises(UnknownQueue):
        await service.choose_speaker(NOWHERE, PHONE, if_free=False)
