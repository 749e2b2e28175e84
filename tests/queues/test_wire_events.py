"""What the stream is told of a queue, in full: snapshots, changes, notices."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.queues import wire
from api_queue.queues.models import Command
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.types import DeviceId
from tests.queues.builders import NOW
from tests.queues.shown import CURRENT, LAST, NOTICED_SESSION, QUEUE, SESSION, VIEW, WAITING, WAITING_JSON


def test_a_snapshot_is_the_list_with_all_around_it() -> None:
    assert wire.snapshot_json(VIEW, NOW) == {
        **wire.list_json(VIEW, NOW),
        "type": "snapshot",
        "kind": "named",
        "settings": wire.settings_json(QueueSettings(title="Hall")),
        "session": wire.session_json(QUEUE),
    }


def test_a_beacon_tells_where_the_music_is_now() -> None:
    assert wire.beacon_json(QUEUE, NOW + 500) == {
        "rev": 7,
        "type": "timeline",
        "ts": NOW + 500,
        "item_id": "B000000000",
        "position_ms": 10_500,
        "position_at_ms": NOW + 500,
    }


def test_an_added_item_is_told_without_a_place() -> None:
    assert json.loads(wire.change_add(WAITING)) == WAITING_JSON


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        ({"changed": True, "moved": False, "before": None}, [{"op": "update", "item": WAITING_JSON}]),
        ({"changed": False, "moved": True, "before": None}, [{"op": "move", "id": WAITING.id, "before": None}]),
        ({"changed": False, "moved": True, "before": LAST.id}, [{"op": "move", "id": WAITING.id, "before": LAST.id}]),
        (
            {"changed": True, "moved": True, "before": LAST.id},
            [{"op": "update", "item": WAITING_JSON}, {"op": "move", "id": WAITING.id, "before": LAST.id}],
        ),
    ],
)
def test_an_edit_tells_what_changed_and_where_it_went(edit: Any, changes: Any) -> None:
    assert wire.changes_edit(WAITING, **edit) == changes


def test_removals_tell_ids() -> None:
    assert wire.changes_remove([WAITING, LAST]) == [
        {"op": "remove", "id": "C000000000"},
        {"op": "remove", "id": "D000000000"},
    ]


def test_a_transition_tells_items_then_the_session_then_the_command() -> None:
    notices = wire.transition_notices(Session(), SESSION, wire.changes_update([CURRENT]), Command("play", "host", {}))
    assert notices.pop(1) == ("speaker_change", {"session": NOTICED_SESSION})
    assert notices == [
        ("items_change", {"changes": [{"op": "update", "item": wire.item_json(CURRENT)}]}),
        ("timeline_update", {"session": NOTICED_SESSION}),
        ("command", {"command": "play", "by": "host", "args": {}}),
    ]


def test_a_transition_by_itself_without_items_tells_the_session_alone() -> None:
    before = replace(SESSION, position_ms=0)
    assert wire.transition_notices(before, SESSION, [], None) == [("timeline_update", {"session": NOTICED_SESSION})]


def test_another_speaker_alone_is_told_as_such() -> None:
    before = replace(SESSION, speaker=DeviceId("garden"), generation=3)
    assert wire.transition_notices(before, SESSION, [], None) == [("speaker_change", {"session": NOTICED_SESSION})]
