"""The tables and how they came to be: `upgrade(url)` before any worker starts.

Each feature is a chain of its own, so that nobody waits for anybody. Its first file is
`versions/<feature>_0001.py`:

    revision, down_revision, branch_labels, depends_on = "tracks_0001", None, ("tracks",), None

    def upgrade() -> None:
        op.create_table("tracks", sa.Column("track_id", sa.Text, primary_key=True), ...)

and the next is `tracks_0002` with `down_revision = "tracks_0001"` and `branch_labels = None`. A foreign key
to another feature's table asks for `depends_on = "accounts_0001"`. The way down is a backup.
"""

import asyncio

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from api_queue.drivers.sql import connect, writing


def upgrade(url: str) -> None:
    """All of it or nothing, in one transaction, by one server at a time. For code without a running loop."""
    asyncio.run(upgrade_database(url))


async def upgrade_database(url: str) -> None:
    engine = connect(url)
    try:
        async with writing(engine, "migrations") as connection:
            await connection.run_sync(_upgrade)
    except OperationalError:
        await asyncio.sleep(0.1)  # the thread of a connection that could not be opened has a last word for this loop
        raise
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "api_queue:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "heads")
