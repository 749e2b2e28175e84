"""What Home Assistant is told, and that nothing of it breaks its rules."""

from pathlib import Path

import msgspec
import pytest

from api_queue.drivers.mqtt_broker import prepare_broker
from api_queue.errors import StartRefused
from api_queue.home_assistant.wire import LONGEST_STATE, Topics, configs, nothing, state_json
from api_queue.settings import Settings
from api_queue.types import QueueName
from tests.home_assistant.reader import HomeAssistant
from tests.queues.builders import a_queue, an_item

PARTY = QueueName("party")
TOPICS = Topics("api_queue", "homeassistant")


def home_with(topics: Topics, **texts: str) -> HomeAssistant:
    home = HomeAssistant()
    said = configs(topics, PARTY, "Party", "http://party.local/queue/party/admin", buttons=True)
    for topic, text in {**said, topics.status: "online", **texts}.items():
        home.take(topic, text.encode())
    return home


@pytest.mark.parametrize("prefix", ["api_queue", "venue/hall 2", "ünïcode"])
def test_each_prefix_makes_topics_that_are_allowed(prefix: str) -> None:
    assert len(home_with(Topics(prefix, "homeassistant")).entities("Party")) == 7


def test_what_is_cleared_is_all_that_was_said() -> None:
    said = configs(TOPICS, PARTY, "Party", "http://x", buttons=True)
    cleared = nothing(TOPICS, PARTY)
    assert said.keys() | {TOPICS.home(PARTY)} == cleared.keys()
    assert set(cleared.values()) == {""}


def test_buttons_that_are_switched_off_are_cleared() -> None:
    said = configs(TOPICS, PARTY, "", "http://x", buttons=False)
    assert sorted({topic.split("/")[1] for topic, text in said.items() if not text}) == ["button", "switch"]


def test_a_press_leads_back_to_its_queue() -> None:
    assert TOPICS.queue_of(TOPICS.press(PARTY)) == PARTY


def test_a_long_name_is_cut_to_what_is_allowed() -> None:
    text = state_json(a_queue(), an_item("A" * 64, track="t" * 400), None, {})
    home = home_with(TOPICS, **{TOPICS.home(PARTY): text})
    assert home.state(home.entities("Party")["sensor Now playing"]) == "t" * LONGEST_STATE
    assert msgspec.json.decode(text)["performer"] == "A" * 64


def test_nothing_is_available_while_the_server_is_away() -> None:
    home = home_with(TOPICS, **{TOPICS.home(PARTY): state_json(a_queue(), None, None, {})})
    sensor = home.entities("Party")["sensor Now playing"]
    assert home.state(sensor) == "nothing"
    home.take(TOPICS.status, b"offline")
    assert home.state(sensor) is None


# -- starting --------------------------------------------------------------------------------------------------


def test_buttons_without_a_password_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="mqtt_discovery_password"):
        prepare_broker(Settings(mqtt_discovery="buttons", mqtt_port=0, mqtt_ws_port=0), tmp_path)


def test_buttons_at_the_announcer_are_refused(tmp_path: Path) -> None:
    settings = Settings(mqtt_discovery="buttons", mqtt_discovery_password="secret", mqtt_embedded="announcer")
    with pytest.raises(StartRefused, match="Mosquitto"):
        prepare_broker(settings, tmp_path)
