"""Settings of a queue: whole or partial, and every refusal names its key."""

from typing import Any

import pytest

from api_queue.errors import BadSetting, UnknownSetting
from api_queue.queues.settings import QueueSettings, SettingsChange


def change(**fields: Any) -> QueueSettings:
    return SettingsChange(fields).apply(QueueSettings(title="Before"))


def test_a_part_changes_and_the_rest_stays() -> None:
    settings = change(track_space=3)
    assert (settings.track_space_ms, settings.title) == (3000, "Before")


def test_a_form_is_understood() -> None:
    settings = change(max_items="12", accepting="false", filter_tags="genre:rock, lang:ja", event_end="")
    assert (settings.max_items, settings.accepting, settings.filter_tags) == (12, False, ("genre:rock", "lang:ja"))
    assert settings.event_end is None


def test_times_carry_their_zone() -> None:
    assert change(event_start="2026-12-31T20:00:00+01:00").event_start_ms == 1798743600000
    with pytest.raises(BadSetting, match=r"event_start.*zone"):
        change(event_start="2026-12-31T20:00:00")
    with pytest.raises(BadSetting, match="event_start"):
        change(event_start="tomorrow")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("track_space", -1),
        ("track_space", "soon"),
        ("max_items", 0),
        ("title", "x" * 101),
        ("coming_soon_count", 101),
        ("accepting", "maybe"),
        ("hidden_tags", [""]),
        ("duplicate_track_window", 0),
        ("max_minutes_per_guest", 0),
        ("limit_model", "auction"),
        ("token_window", 0),
        ("token_horizon", 0),
        ("points_max", 0),
        ("points_per_hour", -1),
        ("join", "closed"),
        ("performer_names", []),
        ("performer_names", ["Ana", " "]),
        ("performer_names", ["Ana\u202e"]),
    ],
)
def test_a_bad_value_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(BadSetting, match=key):
        change(**{key: value})


@pytest.mark.parametrize("key", ["event_start", "event_end"])
@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z"])
def test_times_lie_where_every_calendar_can_write_them(key: str, when: str) -> None:
    with pytest.raises(BadSetting, match=rf"{key}.*between 1970 and 2100"):
        change(**{key: when})


@pytest.mark.parametrize("text", ["a\x00b", "\u202etxt.exe", "a\tb", "a\u2028b"])
@pytest.mark.parametrize("key", ["title", "description"])
def test_texts_have_no_control_characters(key: str, text: str) -> None:
    with pytest.raises(BadSetting, match=key):
        change(**{key: text})


def test_a_description_has_lines_and_a_title_has_not() -> None:
    assert change(description="One\r\nTwo\nThree").description == "One\r\nTwo\nThree"
    with pytest.raises(BadSetting, match="title"):
        change(title="One\nTwo")


def test_an_unknown_key_is_told_the_nearest() -> None:
    with pytest.raises(UnknownSetting, match="Did you mean 'max_items'"):
        change(max_item=3)


def test_an_event_ends_after_it_starts() -> None:
    with pytest.raises(BadSetting, match="event_end"):
        change(event_start="2026-12-31T20:00:00Z", event_end="2026-12-31T20:00:00Z")


def test_a_token_that_would_begin_too_far_ahead_is_never_given() -> None:
    assert change(token_window=60, token_horizon=1).token_window == 60
    with pytest.raises(BadSetting, match=r"token_horizon.*at least as long as token_window"):
        change(token_window=61, token_horizon=1)


def test_performers_are_written_as_on_items_and_listed_once() -> None:
    assert change(performer_names=[" Ana ", "Zoe\u0308"]).performer_names == ("Ana", "Zoë")
    assert change(performer_names="Ana, Bo,").performer_names == ("Ana", "Bo")
    assert change(performer_names=["Bo", "Ana", "BO"]).performer_names == ("BO", "Ana")
    assert change(performer_names="").performer_names is None
