from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from api_queue.drivers.sql import connect, metadata, url_of
from api_queue.tracks.tables import aliases, analyses, folders, moves, places, tracks


def differences(connection: Connection) -> object:
    ours = MetaData(naming_convention=metadata.naming_convention)
    for table in (tracks, places, aliases, folders, analyses, moves):
        table.to_metadata(ours)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours.tables}
    return compare_metadata(MigrationContext.configure(connection, opts=options), ours)


async def test_the_migration_makes_the_tables_that_the_store_uses(empty_database: Path) -> None:
    engine = connect(url_of("", empty_database))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []
