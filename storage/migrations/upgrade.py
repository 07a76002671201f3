"""Run alembic over a connection that is already inside the transaction which must hold the whole change."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from news.errors import StorageError


def configuration(connection: Connection) -> Config:
    """Describe our scripts to alembic by package, so that they are found when installed, too."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision; nothing is done where another process was faster."""
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise StorageError(
            f"a newer presswatch made this database: install that version again, or restore an older backup ({error})"
        ) from error


def downgrade(connection: Connection, revision: str) -> None:
    """Take the schema back to a revision; "base" drops every table."""
    command.downgrade(configuration(connection), revision)
