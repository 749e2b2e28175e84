"""Which buckets a call takes from."""

import pytest

from api_queue.settings import Settings
from api_queue.types import GuestId, QueueName
from api_queue.web.identity import Caller, Grant
from api_queue.web.rate_limits import Bucket, RateClass, RateLimits

LIMITS = RateLimits(Settings())
GUEST = Caller(GuestId("guest"), "192.0.2.1")
PARTY = QueueName("party")
HOST = Caller(GuestId("guest"), "192.0.2.1", (Grant("host", None, "token"),))
OWN = Caller(GuestId("guest"), "192.0.2.1", (Grant("host", QueueName("own"), "other"), Grant("host", PARTY, "token")))


@pytest.mark.parametrize(
    ("klass", "caller", "buckets"),
    [
        ("add", GUEST, [("g:guest", 30, 2000), ("a:192.0.2.1", 600, 100)]),
        ("add", HOST, [("t:token", 120, 500), ("a:192.0.2.1", 2400, 25)]),
        ("login", GUEST, [("a:192.0.2.1", 10, 6000)]),
        ("control", HOST, [("t:token", 960, 63)]),
        ("mint", Caller(None, "192.0.2.1"), [("a:192.0.2.1", 60, 1000)]),
        ("create", GUEST, [("a:192.0.2.1", 3, 1_200_000)]),
    ],
)
def test_buckets_by_class_and_caller(klass: RateClass, caller: Caller, buckets: list[Bucket]) -> None:
    assert list(LIMITS.buckets(klass, caller, PARTY)) == buckets


@pytest.mark.parametrize(
    ("queue", "bucket"),
    [
        ("party", ("t:token", 120, 500)),
        ("own", ("t:other", 120, 500)),
        ("garden", ("g:guest", 30, 2000)),
        (None, ("g:guest", 30, 2000)),
    ],
)
def test_a_login_counts_where_it_holds(queue: QueueName | None, bucket: Bucket) -> None:
    assert LIMITS.buckets("add", OWN, queue)[0] == bucket


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("2001:db8:1:2:3:4:5:6", "a:2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "a:2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "a:192.0.2.1"),
        ("", "a:"),
    ],
)
def test_a_household_counts_as_one(address: str, place: str) -> None:
    (bucket,) = LIMITS.buckets("login", Caller(None, address), None)
    assert bucket.field == place
