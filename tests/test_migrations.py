from pathlib import Path

from sqlalchemy import inspect

from api_queue.drivers.sql import connect, url_of
from api_queue.migrations import upgrade_database


async def tables(url: str) -> set[str]:
    engine = connect(url)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    return set(names)


async def test_an_upgrade_may_be_repeated(tmp_path: Path) -> None:
    # Given a new database
    url = url_of("", tmp_path)
    await upgrade_database(url)
    made = await tables(url)
    # When it is upgraded again, then nothing changes
    await upgrade_database(url)
    assert await tables(url) == made
    assert "alembic_version" in made
