"""The small closed vocabulary that every layer shares: no behaviour, no imports of ours."""

from typing import Literal, NewType

QueueName = NewType("QueueName", str)
"""`[a-z0-9][a-z0-9_-]{0,31}`, never one of the route words."""

ItemId = NewType("ItemId", str)
"""A random 50-bit integer in ten characters of Crockford base32."""

TrackId = NewType("TrackId", str)

GuestId = NewType("GuestId", str)
"""The public id of a guest: a keyed hash of the `session_id` cookie, safe to show."""

DeviceId = NewType("DeviceId", str)

EventId = NewType("EventId", str)
"""A position in a queue's event stream, as Redis writes it: `1661094171425-0`."""

MessageQueueName = NewType("MessageQueueName", str)
"""A queue of messages: `[A-Za-z0-9][A-Za-z0-9._-]{0,79}`, the same with `.dead` behind it, or `_jobs.<type>`."""

MessageId = NewType("MessageId", str)
"""As its sender chose it, unique on its queue."""

Receipt = NewType("Receipt", str)
"""`receipt_` and 32 hex digits: the right of one receiver to delete or keep what they hold."""

Milliseconds = NewType("Milliseconds", int)
"""A length of time. A point in time is an `int` whose name starts with `timestamp_` or ends in `_at_ms`."""

ItemStatus = Literal["lobby", "queued", "playing", "played", "skipped", "failed"]
PlayState = Literal["stopped", "playing", "paused"]
PausedBecause = Literal["speaker_lost", "restart"]
RepeatMode = Literal["off", "one", "all"]
QueueKind = Literal["named", "transient", "demo", "personal"]

Role = Literal["guest", "member", "helper", "host", "admin", "speaker", "screen", "program"]

AddedBy = Role | Literal["server"]
"""Who put an item on a queue; `server`: music of its own choice, where nobody has chosen any."""

Right = Literal["read", "write", "delete", "manage"]
"""What a program may do with a queue of messages."""

EventName = Literal[
    "items_change",
    "settings_change",
    "timeline_update",
    "speaker_change",
    "options_change",
    "like",
    "timeline_beacon",
    "command",
    "task.created",
    "task.updated",
    "item.updated",
    "task.completed",
    "task.canceled",
    "device_change",
    "tracks_change",
    "tracklist.processed",
    "tracklist.cataloged",
    "file.changed",
]
EventType = Literal[
    "queue", "settings", "timeline", "speaker", "options", "like", "task", "device", "tracks", "tracklist"
]
