"""The closed list of events, and what each carries besides `rev`, `type` and `ts` (ms since 1970).

`rev` grows by exactly one per change of a queue's state; events that change no queue carry the current one.
"""

from dataclasses import dataclass
from typing import Final

from api_queue.types import EventId, EventName, EventType, QueueName

#: name -> (type, what the payload carries)
EVENTS: Final[dict[EventName, tuple[EventType, str]]] = {
    "items_change": ("queue", "`changes`: a list of `{op: add|move|update|remove, item or id, before?}`"),
    "settings_change": ("settings", "`settings`: all public settings; null when the queue was deleted"),
    "timeline_update": ("timeline", "`session`: state, current item, position, since when"),
    "speaker_change": ("speaker", "`session`: as above, with the new speaker and its generation"),
    "options_change": ("options", "`session`: as above, with shuffle, repeat_mode, volume"),
    "like": ("like", "`track_id`, `likes`"),
    "timeline_beacon": ("timeline", "`item_id`, `position_ms`: where the music is now"),
    "command": ("queue", "`command`, `by` (a role), `args`: as given"),
    "task.created": ("task", "the task: `task_id`, `status`, `completed_items`, `total_items`, `percent` ..."),
    "task.updated": ("task", "as above"),
    "item.updated": ("task", "`task_id`; `item_id`, `status` of the newest item; `items`: all that changed"),
    "task.completed": ("task", "the task; its `status` may also be `failed`"),
    "task.canceled": ("task", "the task"),
    "device_change": ("device", "`device`: its name, whether it is connected and active"),
    "tracks_change": ("tracks", "`hash`, `count`, `updated_at`: the library changed"),
    "tracklist.processed": ("tracklist", "`event_type`, `tracklist_id`, `url`, `track_count`, `processing_time_ms`"),
    "tracklist.cataloged": (
        "tracklist",
        "`event_type`, `tracklist_id`, `metadata`, `tags`: the genres",
    ),
    "file.changed": (
        "tracklist",
        "a `.cue` was read: `event_type`, `tracklist_id`, `file_path` below its folder of the library, `file_type`, "
        "`change_type`: `created`, `modified`",
    ),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a queue's event stream; `data` is the JSON text that MQTT and SSE send unchanged."""

    event_id: EventId
    queue: QueueName
    name: EventName
    rev: int
    data: str
