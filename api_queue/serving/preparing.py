"""What the main process does itself before its workers start, and while it waits for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api_queue.accounts.shared_keys import share_keys
from api_queue.drivers.sql import url_of
from api_queue.errors import DatabaseAway, DiskFailing, DiskFull, StartRefused, Unavailable
from api_queue.jobs.models import TaskId
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.parts import Parts
from api_queue.queues.settings import Order
from api_queue.serving.resuming import mend_queues, resume_sessions, told
from api_queue.settings import Settings
from api_queue.types import QueueName

_log = structlog.get_logger()


class Prepared(NamedTuple):
    """`admin_code` is the admin's one-time code, if one is due. `resumed` says what there was before, '' if nothing."""

    admin_code: str | None
    scan: TaskId
    resumed: str


async def prepare(settings: Settings, *, own_redis: bool, cut_off: bool = False) -> Prepared:
    """Before the workers start: what they begin with, the sessions as they go on, the demo's tokens and the scan.

    `cut_off`: the server before in this data folder did not end by itself.
    """
    parts = Parts(settings)
    try:
        if await RedisKeys(parts.redis).unfinished():
            raise StartRefused(reason="A restore into this Redis did not end: begin it again, with --over.")
        if not own_redis and await share_keys(parts.keys, parts.redis):
            _log.info("the keys are those of the servers that share this Redis")
            _warn_of_two_databases(settings)
        if settings.profile == "demo":
            await parts.tokens.add_demo_admin()
        else:
            await parts.tokens.refuse_demo_admin()
        known = await parts.queues.queues()
        if settings.queues_start and not known:
            order: Order = "fifo" if settings.profile == "demo" else "fair"
            await parts.queues.ensure(QueueName(settings.queues_start), settings.queues_start.capitalize(), order)
        mended = await mend_queues(parts) if cut_off else None
        queues = await resume_sessions(parts, own_redis=own_redis)
        resumed = await told(parts, queues, mended) if known and own_redis else ""
        is_known = settings.profile == "demo" or await parts.tokens.has_admin()
        scan = await parts.library_keeper.scan_at_start()
        return Prepared(None if is_known else await parts.tokens.new_code(), scan.task_id, resumed)
    finally:
        await parts.close()


def _warn_of_two_databases(settings: Settings) -> None:
    """Tasks are messages in Redis, and rows: each server would take those of the others, and find no rows of them."""
    if settings.sql_url == url_of("", settings.data):
        _log.warning("other servers use this Redis, and this one has a database of its own; see sql_url")


async def reach(settings: Settings) -> None:
    """What a role alone shares with the server. Raises Unavailable, or what the database says."""
    parts = Parts(settings)
    try:
        await parts.redis.call("PING")
        if settings.sql_url:
            async with parts.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    finally:
        await parts.close()


@contextmanager
def refusing_faults() -> Iterator[None]:
    """Raises StartRefused in place of a fault of Redis or of the database."""
    try:
        yield
    except (SQLAlchemyError, OSError, ModuleNotFoundError) as error:
        reason = f"The database cannot be used: {getattr(error, 'orig', error)}."
        raise StartRefused(reason=reason) from error
    except (DatabaseAway, DiskFailing, DiskFull) as error:
        raise StartRefused(reason=f"The database cannot be used: {error.__cause__}.") from None
    except Unavailable:
        raise StartRefused(reason="Redis does not answer; look at redis_url.") from None


async def knows_music(settings: Settings) -> bool:
    """Whether the first tracks of the library can be queued."""
    parts = Parts(settings)
    try:
        return await parts.library.announced() is not None
    except Unavailable:
        return False
    finally:
        await parts.close()
