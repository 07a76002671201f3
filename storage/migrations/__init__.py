"""The schema's history; applied by `Database.migrate`, no alembic.ini needed."""

HEAD = "0001"  # the revision this program works with; a test holds it equal to the newest file in versions/
