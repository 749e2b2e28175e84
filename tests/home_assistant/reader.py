"""A Home Assistant as far as its published rules go: it finds entities, reads their states, presses their buttons.

https://www.home-assistant.io/integrations/mqtt/#discovery-topic and the pages of the sensor, the button and the switch.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

_TOPIC: Final = re.compile(r"homeassistant/(\w+)/(?:([a-zA-Z0-9_-]+)/)?([a-zA-Z0-9_-]+)/config")
_SHARED: Final = {"name", "unique_id", "icon", "device", "origin", "qos", "availability_topic"} | {
    *("payload_available", "payload_not_available", "json_attributes_topic")
}
_REQUIRED: Final = {"sensor": {"state_topic"}, "button": {"command_topic"}, "switch": {"command_topic"}}
_ALLOWED: Final = {
    "sensor": {"state_topic", "value_template", "unit_of_measurement", "state_class"},
    "button": {"command_topic", "payload_press", "retain"},
    "switch": {
        *("command_topic", "state_topic", "value_template", "retain"),
        *("payload_on", "payload_off", "state_on", "state_off"),
    },
}
_DEVICE: Final = {"identifiers", "name", "manufacturer", "model", "sw_version", "configuration_url"}
_TEMPLATE: Final = re.compile(r"\{\{ value_json\.(\w+)(?:\[:(\d+)\])? \}\}")


@dataclass
class HomeAssistant:
    """`retained`: what the broker holds. Entities are known by `KIND NAME`."""

    retained: dict[str, bytes] = field(default_factory=dict)

    def take(self, topic: str, payload: bytes) -> None:
        if payload:
            self.retained[topic] = payload
        else:
            self.retained.pop(topic, None)

    def entities(self, device: str) -> dict[str, dict[str, Any]]:
        """Of the device of this name; each is checked against the rules."""
        found = {}
        for topic, payload in self.retained.items():
            if topic.startswith("homeassistant/"):
                kind, config = _checked(topic, payload)
                if config["device"]["name"] == device:
                    found[f"{kind} {config['name']}"] = config
        ids = [config["unique_id"] for config in found.values()]
        assert len(set(ids)) == len(ids)
        return found

    def state(self, config: dict[str, Any]) -> str | None:
        """As the entity shows it; None while it is not available, or nothing was heard."""
        if self.retained.get(config["availability_topic"]) != config["payload_available"].encode():
            return None
        payload = self.retained.get(config["state_topic"])
        return None if payload is None else _rendered(config["value_template"], msgspec.json.decode(payload))

    def attributes(self, config: dict[str, Any]) -> dict[str, Any]:
        attributes = msgspec.json.decode(self.retained[config["json_attributes_topic"]])
        assert isinstance(attributes, dict)
        return attributes


def _checked(topic: str, payload: bytes) -> tuple[str, dict[str, Any]]:
    found = _TOPIC.fullmatch(topic)
    assert found, topic
    kind, config = found[1], msgspec.json.decode(payload)
    assert _REQUIRED[kind] <= config.keys()
    assert config.keys() <= _SHARED | _ALLOWED[kind], config.keys() - _SHARED - _ALLOWED[kind]
    assert config["unique_id"] == found[3]  # as it is recommended
    assert config["device"].keys() <= _DEVICE
    assert config["device"]["identifiers"]
    assert urlsplit(config["device"]["configuration_url"]).scheme in {"http", "https"}
    assert config["origin"]["name"]
    assert config.get("retain", False) is False
    return kind, config


def _rendered(template: str, value: dict[str, Any]) -> str:
    found = _TEMPLATE.fullmatch(template)
    assert found, template
    shown = str(value[found[1]])
    state = shown[: int(found[2])] if found[2] else shown
    assert len(state) <= 255
    return state
