"""Our settings in KaraKara's words, and back."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadSetting
from api_queue.karakara.settings_wire import RoomSettings, changed, settings_json
from api_queue.queues.settings import QueueSettings, SettingsChange

OURS = QueueSettings()

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=zones)  # noqa: DTZ001 - `zones` has them
tags = st.lists(st.text("abc:", min_size=1, max_size=10), max_size=4).map(tuple)


@st.composite
def settings(draw: st.DrawFn) -> QueueSettings:
    start, end = sorted(draw(st.lists(moments, min_size=2, max_size=2, unique_by=datetime.timestamp)))
    return QueueSettings(
        title=draw(st.text("Ab 1é", max_size=100)),
        track_space=draw(st.floats(0, 600)),
        hidden_tags=draw(tags),
        forced_tags=draw(tags),
        preview_volume=draw(st.floats(0, 1)),
        coming_soon_count=draw(st.integers(0, 100)),
        event_start=draw(st.sampled_from([None, start])),
        event_end=draw(st.sampled_from([None, end])),
        order=draw(st.sampled_from(["fifo", "fair", "weight"])),
        max_per_guest=draw(st.sampled_from([None, 3])),
    )


def sent(fields: dict[str, Any], current: QueueSettings = OURS) -> QueueSettings:
    """What becomes of them, as they come over the wire."""
    wish = msgspec.json.decode(msgspec.json.encode(fields), type=RoomSettings, strict=False)
    return SettingsChange(changed(wish, current)).apply(current)


@given(settings())
def test_what_is_shown_and_sent_back_changes_nothing(current: QueueSettings) -> None:
    after = sent(settings_json(current), current)
    assert after == msgspec.structs.replace(current, title=current.title or "KaraKara")
    assert settings_json(after) == settings_json(current)


@given(settings(), settings())
def test_what_one_room_shows_can_be_sent_to_another(one: QueueSettings, other: QueueSettings) -> None:
    fair = {"weight": "fair"}
    after = sent(settings_json(one), other)
    assert settings_json(after) == settings_json(one)
    assert fair.get(after.order, after.order) == fair.get(one.order, one.order)
    assert after.max_per_guest == other.max_per_guest


def test_all_nine_are_there_in_their_words() -> None:
    assert settings_json(OURS) == {
        "title": "KaraKara",
        "track_space": 15.0,
        "hidden_tags": [],
        "forced_tags": [],
        "preview_volume": 0.1,
        "coming_soon_track_count": 5,
        "validation_event_start_datetime": None,
        "validation_event_end_datetime": None,
        "auto_reorder_queue": False,
    }


@pytest.mark.parametrize(
    ("written", "meant", "shown"),
    [
        ("2020-01-01T10:00:00.000Z", datetime(2020, 1, 1, 10, tzinfo=UTC), "2020-01-01T10:00:00Z"),
        ("2023-03-12 01:00", datetime(2023, 3, 12, 1, tzinfo=UTC), "2023-03-12T01:00:00Z"),
        (" 2023-03-12 ", datetime(2023, 3, 12, tzinfo=UTC), "2023-03-12T00:00:00Z"),
        ("2023-03-12T01:00:00+02:00", datetime(2023, 3, 11, 23, tzinfo=UTC), "2023-03-12T01:00:00+02:00"),
        ("1700000000", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), "2023-11-14T22:13:20Z"),
        (1700000000.5, datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC), "2023-11-14T22:13:20.500000Z"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_time_may_be_written_in_many_ways(written: object, meant: datetime | None, shown: str | None) -> None:
    after = sent({"validation_event_start_datetime": written})
    assert after.event_start == meant
    assert settings_json(after)["validation_event_start_datetime"] == shown


@pytest.mark.parametrize("written", ["soon", "nan", "inf", "-inf", "2023-13-01", "12:00", 1e18, -1, "1e300", "\x00"])
def test_what_is_no_time_is_refused_by_its_name(written: object) -> None:
    with pytest.raises(BadSetting) as refused:
        sent({"validation_event_end_datetime": written})
    assert refused.value.facts["key"] == "validation_event_end_datetime"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (0, 0),
        (None, 0),
        ("", 0),
        (12.5, 12.5),
        ("30", 30),
        ("90s", 90),
        ("90S", 90),
        ("1.5m", 90),
        ("2m30s", 150),
        ("PT2M30S", 150),
        (" pt10s ", 10),
    ],
)
def test_a_length_may_be_written_in_many_ways(written: object, seconds: float) -> None:
    assert sent({"track_space": written}).track_space == seconds


@pytest.mark.parametrize("written", ["soon", "nan", "inf", "PT", "s", "-5", -5, 601, "P1D", "1.2.3s", "٣s"])
def test_what_is_no_length_is_refused_by_its_name(written: object) -> None:
    with pytest.raises(BadSetting) as refused:
        sent({"track_space": written})
    assert refused.value.facts["key"] == "track_space"


@given(st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.none())
def test_whatever_is_written_is_a_setting_or_refused(written: object) -> None:
    for key in ("track_space", "validation_event_start_datetime"):
        with suppress(BadSetting):
            assert isinstance(sent({key: written}), QueueSettings)


@pytest.mark.parametrize(("current", "after"), [("fifo", "fair"), ("fair", "fair"), ("weight", "weight")])
def test_reordering_is_the_order_that_we_have_for_it(current: Any, after: str) -> None:
    before = QueueSettings(order=current)
    assert sent({"auto_reorder_queue": True}, before).order == after
    assert sent({"auto_reorder_queue": False}, before).order == "fifo"
