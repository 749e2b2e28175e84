"""The addresses that `redis_url` may have: redis-py knows the first two, the others name several servers.

    redis://[user:password@]host[:6379][/db]
    unix:///path/of/the/socket
    redis+sentinel://[user:password@]host[:26379],host.../name of the master[/db]
    redis+cluster://[user:password@]host[:6379],host...

`rediss` in the place of `redis` is TLS, and `?ssl_ca_certs=FILE` and the like are options of redis-py. User and
password are those of Redis; `?sentinel_username=` and `?sentinel_password=` are those of the sentinels.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from redis.asyncio import ConnectionPool, Sentinel
from redis.asyncio import Redis as Client
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.sentinel import SentinelConnectionPool, SentinelManagedConnection, SentinelManagedSSLConnection
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from api_queue.drivers.redis_cluster import Address, RedisCluster
from api_queue.drivers.redis_server import TIMEOUT_S, RedisServer
from api_queue.errors import BadSetting

Options = dict[str, Any]
"""Of a connection, as redis-py names them."""

_FORMS: Final = (
    "must be redis://HOST, rediss://HOST, unix:///PATH, redis+sentinel://HOST,HOST/MASTER or redis+cluster://HOST,HOST,"
    " with options that redis-py knows"
)
_OPTIONS: Final[Options] = {
    "decode_responses": True,
    # `RedisServer` bounds a batch as a whole: by the library's own timeout each write is a task, each read a timer.
    "socket_timeout": None,
    "socket_connect_timeout": TIMEOUT_S,
    "retry": Retry(NoBackoff(), 0),  # a script whose answer was lost may have run, and only its caller can tell
    "driver_info": None,  # else each connection looks for the library's version on disk, and sends it
}
#: A sentinel that hangs costs a second, then the next one is asked.
_OF_SENTINELS: Final[Options] = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 0)}


def engine_of(url: str, replicas: int) -> RedisServer | RedisCluster:
    """Lazy: the first call connects. Raises BadSetting, which does not repeat the address: it may have a password."""
    try:
        parts = urlsplit(url)
        scheme, _, kind = parts.scheme.partition("+")
        return _KINDS[kind](parts._replace(scheme=scheme), replicas)
    except OSError as error:
        raise BadSetting(key="redis_url", reason=f"names a file for TLS that cannot be used: {error}") from None
    except (LookupError, TypeError, ValueError, RedisError):
        raise BadSetting(key="redis_url", reason=_FORMS) from None


def _one(parts: SplitResult, replicas: int) -> RedisServer:
    options: Options = {**parse_url(parts.geturl())}
    if parts.scheme != "unix":
        options["db"] = _database(parts.path, options)
    return RedisServer(_client(ConnectionPool(**{**_OPTIONS, **options})), replicas)


def _cluster(parts: SplitResult, replicas: int) -> RedisCluster:
    options, seeds = _shared_options(parts), _addresses(parts, 6379)
    if _database(parts.path, options):
        raise ValueError("a Cluster has no other database")

    def node(address: Address) -> RedisServer:
        return RedisServer(_client(ConnectionPool(**options, host=address[0], port=address[1])), replicas)

    node(seeds[0])  # refuses bad options now
    return RedisCluster(seeds, node)


class _MasterPool(SentinelConnectionPool):
    async def aclose(self) -> None:
        await super().aclose()
        await self.sentinel_manager.aclose()


def _sentinel(parts: SplitResult, replicas: int) -> RedisServer:
    """Each new connection goes to whichever server the sentinels call the master then."""
    master, _, database = parts.path.removeprefix("/").partition("/")
    if not master:
        raise ValueError("no master is named")
    options = _shared_options(parts)
    options["db"] = _database(database, options)
    secure = options.pop("connection_class", None) is SSLConnection
    own = {name: options.pop(name) for name in list(options) if name.startswith("sentinel_")}
    tls = {name: value for name, value in options.items() if name.startswith("ssl_")}
    theirs = {**_OF_SENTINELS, **tls, "ssl": secure, **{name.removeprefix("sentinel_"): own[name] for name in own}}
    sentinels = Sentinel(_addresses(parts, 26379), sentinel_kwargs=theirs)  # type: ignore[no-untyped-call]
    kind = SentinelManagedSSLConnection if secure else SentinelManagedConnection
    pool = _MasterPool(unquote(master), sentinels, connection_class=kind, **options)  # type: ignore[no-untyped-call]
    return RedisServer(_client(pool), replicas)


_KINDS: Final[Mapping[str, Callable[[SplitResult, int], RedisServer | RedisCluster]]] = MappingProxyType(
    {"": _one, "cluster": _cluster, "sentinel": _sentinel}
)


def _client(pool: ConnectionPool) -> Client:
    """Raises TypeError and the like for an option that is none, OSError for a file that is none."""
    connection = pool.make_connection()  # type: ignore[no-untyped-call]
    if isinstance(connection, SSLConnection):
        connection.ssl_context.get()
    return Client.from_pool(pool)


def _shared_options(parts: SplitResult) -> Options:
    """Of each of several servers: all but where it is."""
    user, at, _ = parts.netloc.rpartition("@")
    options = parse_url(parts._replace(netloc=f"{user}{at}host", path="").geturl())
    return {**_OPTIONS, **{name: value for name, value in options.items() if name != "host"}}


def _addresses(parts: SplitResult, default_port: int) -> list[Address]:
    hosts = parts.netloc.rpartition("@")[2].split(",")
    named = [urlsplit(f"//{host}") for host in hosts]
    if not all(each.hostname for each in named):
        raise ValueError("a host has no name")
    return [(f"{each.hostname}", each.port or default_port) for each in named]


def _database(path: str, options: Options) -> int:
    """Of the path, or of `?db=`: redis-py takes either."""
    return int(path.removeprefix("/") or options.get("db", 0))
