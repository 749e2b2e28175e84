"""What Home Assistant is told, in its own names: one retained topic for each entity, and one for the state of all.

Rules: https://www.home-assistant.io/integrations/mqtt/#discovery-topic. An empty topic takes its entity away.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from api_queue import __version__
from api_queue.drivers.mqtt import OFFLINE, ONLINE
from api_queue.queues.models import Item, Queue
from api_queue.queues.wire import json_text
from api_queue.tracks.models import Track
from api_queue.types import QueueName

#: Home Assistant refuses a state that is longer.
LONGEST_STATE: Final = 255
NOTHING, NOBODY = "nothing", "nobody"
_OPEN, _CLOSED = "open", "closed"
_NO_ID: Final = re.compile(r"[^a-zA-Z0-9_-]")


@dataclass(frozen=True, slots=True)
class Topics:
    """Where what is said. `prefix`: of our topics. `discovery`: of Home Assistant's."""

    prefix: str
    discovery: str

    @property
    def status(self) -> str:
        return f"{self.prefix}/status"

    @property
    def presses(self) -> str:
        """A filter for those of all queues."""
        return self.press(QueueName("+"))

    def press(self, queue: QueueName) -> str:
        return f"{self.prefix}/queue/{queue}/press"

    def home(self, queue: QueueName) -> str:
        return f"{self.prefix}/queue/{queue}/home"

    def config(self, queue: QueueName, kind: str, entity: str) -> str:
        return f"{self.discovery}/{kind}/{self.unique_id(queue, entity)}/config"

    def unique_id(self, queue: QueueName, entity: str = "") -> str:
        return _NO_ID.sub("_", "_".join(filter(None, (self.prefix, queue, entity))))

    def queue_of(self, press: str) -> QueueName:
        """Whose topic this is."""
        return QueueName(press.removeprefix(f"{self.prefix}/queue/").removesuffix("/press"))


def _sensor(name: str, template: str, icon: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "value_template": template, "icon": f"mdi:{icon}", **more}


def _button(name: str, press: str, icon: str) -> dict[str, Any]:
    return {"name": name, "payload_press": press, "icon": f"mdi:{icon}"}


#: By kind and entity. They read the state and write presses; `_of` adds where.
_SENSORS: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        "now_playing": _sensor("Now playing", f"{{{{ value_json.now_playing[:{LONGEST_STATE}] }}}}", "music"),
        "waiting": _sensor(
            *("Queue length", "{{ value_json.waiting }}", "playlist-music"),
            unit_of_measurement="songs",
            state_class="measurement",
        ),
        "next_singer": _sensor("Next singer", f"{{{{ value_json.next_singer[:{LONGEST_STATE}] }}}}", "microphone"),
    }
)
_BUTTONS: Final[Mapping[str, dict[str, Any]]] = MappingProxyType(
    {
        "play": _button("Play", "play", "play"),
        "stop": _button("Stop", "stop", "stop"),
        "skip": _button("Skip", "skip", "skip-next"),
    }
)
_ADDING: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "name": "Adding songs",
        "icon": "mdi:playlist-plus",
        "value_template": "{{ value_json.adding }}",
        "state_on": _OPEN,
        "state_off": _CLOSED,
        "payload_on": "open",
        "payload_off": "close",
    }
)
#: What a press may say. All are commands of a queue.
PRESSES: Final = frozenset({"play", "stop", "skip", "open", "close"})


def state_json(queue: Queue, current: Item | None, following: Item | None, tracks: Mapping[str, Track]) -> str:
    """`following` is what comes next. A track that is not known goes by its id."""
    return json_text(
        {
            "rev": queue.rev,
            "state": queue.session.state,
            "now_playing": _title(current, tracks) if current else NOTHING,
            "performer": current.performer_name if current else NOBODY,
            "duration_s": round(current.track_duration_ms / 1000) if current else 0,
            "waiting": queue.waiting,
            "next_singer": following.performer_name if following else NOBODY,
            "next_song": _title(following, tracks) if following else NOTHING,
            "adding": _OPEN if queue.settings.accepting else _CLOSED,
        }
    )


def _title(item: Item, tracks: Mapping[str, Track]) -> str:
    track = tracks.get(item.track_id)
    if track is None:
        return item.track_id
    return f"{', '.join(track.artists)} – {track.title}" if track.artists else track.title


def configs(topics: Topics, queue: QueueName, title: str, page: str, *, buttons: bool) -> dict[str, str]:
    """By topic. Buttons that are not offered have an empty one, which clears those of before."""
    shared = {
        "availability_topic": topics.status,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "device": {
            "identifiers": [topics.unique_id(queue)],
            "name": title or queue,
            "manufacturer": "api_queue",
            "model": "Queue",
            "sw_version": __version__,
            "configuration_url": page,
        },
        "origin": {"name": "api_queue", "sw_version": __version__},
    }
    reads = {"state_topic": topics.home(queue)}
    told = {"json_attributes_topic": topics.home(queue)}
    presses = {"command_topic": topics.press(queue), "qos": 1, "retain": False}
    entities = {("sensor", name): {**reads, **entity} for name, entity in _SENSORS.items()}
    entities["sensor", "now_playing"] |= told
    pressed = {("button", name): {**presses, **entity} for name, entity in _BUTTONS.items()}
    pressed["switch", "adding"] = {**reads, **presses, **_ADDING}
    said = {key: _text(topics, queue, key[1], {**entity, **shared}) for key, entity in entities.items()}
    said |= {
        key: _text(topics, queue, key[1], {**entity, **shared}) if buttons else "" for key, entity in pressed.items()
    }
    return {topics.config(queue, *key): text for key, text in said.items()}


def _text(topics: Topics, queue: QueueName, entity: str, config: Mapping[str, Any]) -> str:
    return json_text({**config, "unique_id": topics.unique_id(queue, entity)})


def nothing(topics: Topics, queue: QueueName) -> dict[str, str]:
    """There is no such queue any more."""
    return {**dict.fromkeys(configs(topics, queue, "", "", buttons=False), ""), topics.home(queue): ""}
