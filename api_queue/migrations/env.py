"""What Alembic runs to migrate; the connection and its transaction are `upgrade_database`'s."""

from alembic import context

from api_queue.drivers.sql import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
