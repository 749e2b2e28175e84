"""A queue in the middle of a party, and what its items and its session look like to everybody."""

from msgspec.structs import replace

from api_queue.queues.models import Item, QueueView
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.types import DeviceId, GuestId, ItemId, Milliseconds, TrackId
from tests.queues.builders import NOW, a_queue

OVER = Item(
    track_id=TrackId("t0"),
    performer_name="Ova",
    session_owner=GuestId("ova"),
    timestamp_play=NOW - 100_000,
    id=ItemId("A000000000"),
    timestamp_added=NOW - 200_000,
    track_duration_ms=Milliseconds(50_000),
    status="played",
)
CURRENT = replace(OVER, id=ItemId("B000000000"), performer_name="Cur", status="playing", timestamp_play=NOW - 10_000)
WAITING = Item(
    track_id=TrackId("t1"),
    performer_name='Zoë, "the voice" 🎤',
    session_owner=GuestId("zoe"),
    id=ItemId("C000000000"),
    timestamp_added=NOW - 1000,
    track_duration_ms=Milliseconds(60_000),
    weight=1.5,
    added_by="helper",
    key_shift=-2,
    tempo=1.25,
)
LAST = replace(WAITING, id=ItemId("D000000000"), performer_name="Las")
SESSION = Session(
    state="playing",
    item_id=CURRENT.id,
    track_id=CURRENT.track_id,
    duration_ms=Milliseconds(50_000),
    position_ms=9000,
    position_at_ms=NOW - 1000,
    stop_after=False,
    speaker=DeviceId("kitchen"),
    speaker_name="The kitchen",
    generation=4,
    lease_until_ms=NOW + 15_000,
)
QUEUE = a_queue(SESSION, QueueSettings(title="Hall"), [WAITING, LAST], head=2, total=4)
VIEW = QueueView(QUEUE, (OVER, CURRENT, WAITING, LAST), 2, "5-0")
WAITING_JSON = {
    "track_id": "t1",
    "performer_name": 'Zoë, "the voice" 🎤',
    "session_owner": "zoe",
    "timestamp_play": None,
    "id": "C000000000",
    "timestamp_added": NOW - 1000,
    "track_duration_ms": 60_000,
    "weight": 1.5,
    "status": "queued",
    "added_by": "helper",
    "key_shift": -2,
    "tempo": 1.25,
    "position": None,
    "timestamp_expected": None,
}
NOTICED_SESSION = {
    "play_state": "playing",
    "paused_because": None,
    "item_id": "B000000000",
    "track_id": "t0",
    "position_ms": 9000,
    "position_at_ms": NOW - 1000,
    "duration_ms": 50_000,
    "key_shift": 0,
    "tempo": 1,
    "stop_after": False,
    "active_device_id": "kitchen",
    "speaker_name": "The kitchen",
    "generation": 4,
    "lease_until_ms": NOW + 15_000,
    "quiet_until_ms": None,
    "shuffle": False,
    "repeat_mode": "off",
    "volume": 100,
}
