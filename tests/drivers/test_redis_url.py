"""Which addresses name a Redis, and which are refused without being repeated."""

from pathlib import Path

import pytest
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.sentinel import SentinelConnectionPool, SentinelManagedSSLConnection

from api_queue.drivers.redis_cluster import RedisCluster
from api_queue.drivers.redis_server import RedisServer
from api_queue.drivers.redis_url import engine_of
from api_queue.errors import BadSetting


def server_of(url: str) -> RedisServer:
    engine = engine_of(url, 0)
    assert isinstance(engine, RedisServer)
    return engine


def sentinel_pool_of(url: str) -> SentinelConnectionPool:
    pool = server_of(url).client.connection_pool
    assert isinstance(pool, SentinelConnectionPool)
    return pool


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("redis://box", Connection, {"host": "box", "db": 0}),
        ("redis://ana:p%40ss@box:7000/3", Connection, {"port": 7000, "db": 3, "username": "ana", "password": "p@ss"}),
        ("redis://box?db=3", Connection, {"host": "box", "db": 3}),
        ("redis://[::1]:7000", Connection, {"host": "::1", "port": 7000}),
        ("rediss://box?ssl_check_hostname=no", SSLConnection, {"host": "box", "ssl_check_hostname": False}),
        ("unix:///run/redis.sock?db=1", UnixDomainSocketConnection, {"path": "/run/redis.sock", "db": 1}),
    ],
)
def test_one_server(url: str, kind: type, said: dict[str, object]) -> None:
    pool = server_of(url).client.connection_pool
    assert pool.connection_class is kind
    assert said.items() <= pool.connection_kwargs.items()


def test_a_cluster_is_found_by_some_of_its_nodes() -> None:
    engine = engine_of("redis+cluster://:secret@a,b:7001,[::1]", 0)
    assert isinstance(engine, RedisCluster)
    nodes = {address: node.client.connection_pool.connection_kwargs for address, node in engine._nodes.items()}
    assert list(nodes) == [("a", 6379), ("b", 7001), ("::1", 6379)]
    assert [(kwargs["host"], kwargs["password"]) for kwargs in nodes.values()] == [
        ("a", "secret"),
        ("b", "secret"),
        ("::1", "secret"),
    ]


def test_a_cluster_over_tls() -> None:
    engine = engine_of("rediss+cluster://a,b", 0)
    assert isinstance(engine, RedisCluster)
    assert {node.client.connection_pool.connection_class for node in engine._nodes.values()} == {SSLConnection}


def test_what_sentinel_watches() -> None:
    pool = sentinel_pool_of("redis+sentinel://ana:secret@a,b:7001/the%20party/2?sentinel_password=other")
    assert (pool.service_name, pool.connection_kwargs["db"]) == ("the party", 2)
    assert (pool.connection_kwargs["username"], pool.connection_kwargs["password"]) == ("ana", "secret")
    sentinels = [each.connection_pool.connection_kwargs for each in pool.sentinel_manager.sentinels]
    assert [(each["host"], each["port"], each["password"]) for each in sentinels] == [
        ("a", 26379, "other"),
        ("b", 7001, "other"),
    ]


def test_a_database_of_what_sentinel_watches_as_an_option() -> None:
    assert sentinel_pool_of("redis+sentinel://a/party?db=2").connection_kwargs["db"] == 2


def test_what_sentinel_watches_over_tls() -> None:
    """The same certificates for Redis and for the sentinels."""
    pool = sentinel_pool_of("rediss+sentinel://a/party?ssl_check_hostname=no")
    assert pool.connection_class is SentinelManagedSSLConnection
    assert pool.sentinel_manager.sentinels[0].connection_pool.connection_class is SSLConnection
    assert pool.sentinel_manager.sentinels[0].connection_pool.connection_kwargs["ssl_check_hostname"] is False


@pytest.mark.parametrize(
    "url",
    [
        "box:6379",
        "http://:secret@box",
        "redis://:secret@box:port",
        "redis://:secret@box/party",
        "redis://:secret@box?no_such_option=1",
        "redis://:secret@box?ssl_ca_certs=/etc/ca.pem",
        "rediss://:secret@box?ssl_cert_reqs=perhaps",
        "redis+raft://:secret@box",
        "unix+cluster:///run/redis.sock",
        "redis+cluster://:secret@",
        "redis+cluster://:secret@a,,b",
        "redis+cluster://:secret@a/1",
        "redis+cluster://:secret@a?db=1",
        "redis+sentinel://:secret@a,b",
        "redis+sentinel://:secret@a/party/first",
        "redis+sentinel://:secret@/party",
        "redis+sentinel://:secret@a/party?sentinel_colour=blue",
    ],
)
def test_any_other_address_is_refused_with_the_forms_and_not_repeated(url: str) -> None:
    with pytest.raises(BadSetting) as refused:
        engine_of(url, 0)
    assert f"{refused.value}".startswith("The setting 'redis_url' must be redis://HOST")
    assert "secret" not in f"{refused.value}"


def test_a_certificate_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="names a file for TLS that cannot be used"):
        engine_of(f"rediss://:secret@box?ssl_ca_certs={tmp_path / 'none.pem'}", 0)
