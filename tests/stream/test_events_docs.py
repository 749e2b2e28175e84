"""docs/events.md says what events.py says."""

import re
from pathlib import Path

from api_queue.events import EVENTS
from api_queue.stream.retained import TOPICS

TEXT = (Path(__file__).parents[2] / "docs" / "events.md").read_text()


def test_the_table_of_events_is_the_list_of_events() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| `([a-z]+)` \| (.+) \|$", TEXT.split("## ")[0], re.MULTILINE)
    assert {name: (kind, carries) for name, kind, carries in rows} == EVENTS


def test_every_retained_topic_is_named() -> None:
    assert set(re.findall(r"^\| `P/queue/X/([a-z.]+)` \| yes ", TEXT, re.MULTILINE)) == {*TOPICS, "home"}
