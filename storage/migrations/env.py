"""What alembic runs: the migrations, over the connection we were given."""

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, with our own BEGIN; alembic does not count on it
)
with context.begin_transaction():
    context.run_migrations()
