"""Points in time as they are sent."""

from api_queue.formats.iso_times import iso, iso_or_none


def test_a_time_has_its_zone_and_its_milliseconds() -> None:
    assert iso(1_700_000_000_007) == "2023-11-14T22:13:20.007+00:00"


def test_no_time_is_none() -> None:
    assert (iso_or_none(None), iso_or_none(0)) == (None, "1970-01-01T00:00:00.000+00:00")
