"""The first schema: sources, articles, stories, matches, alerts and the outbox.

A migration is history: it stands as it was written, whatever storage/tables.py becomes.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.tables import Moment

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""
    _sources()
    _hosts()
    _fetches()
    _stories()
    _articles()
    _urls()
    _guids()
    _revisions()
    _rereads()
    _boilerplate()
    _tombstones()
    _sketches()
    _topics()
    _matches()
    _alerts()
    _notices()
    _deliveries()
    _channels()
    for statement in _EXTRA[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Drop everything."""
    op.execute("DROP VIEW v_article")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE article_words")
    for table in reversed(_TABLES):
        op.drop_table(table)


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", _ID, nullable=False),
        *_written(),
        *_remembered(),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("name", name="uq_sources_name"),
    )


def _written() -> list[sa.Column[Any]]:
    return [
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "url", "host", "kind", "group", "lang")),
        sa.Column("full_text", sa.Boolean(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Double(), nullable=True),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
    ]


def _remembered() -> list[sa.Column[Any]]:
    return [
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("interval_seconds", sa.Double(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("due_set_at", Moment(), nullable=True),
        sa.Column("last_success_at", Moment(), nullable=True),
        sa.Column("first_read_at", Moment(), nullable=True),
        sa.Column("read_up_at", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.Column("moved_times", sa.Integer(), nullable=False),
        sa.Column("whole_at", Moment(), nullable=True),
        sa.Column("lied_at", Moment(), nullable=True),
        sa.Column("gap_since", Moment(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("gap_left", "gap_tries", "listed")),
        sa.Column("health", sa.Text(), nullable=False),
        sa.Column("health_since", Moment(), nullable=True),
        sa.Column("judged_token", sa.BigInteger(), nullable=True),
        sa.Column("judged_at", Moment(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.Column("turns", sa.Integer(), nullable=False),
    ]


def _hosts() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        *(sa.Column(name, Moment(), nullable=False) for name in ("next_at", "rests_until", "holds_until", "set_at")),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("delay", "factor", "latency")),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
        sqlite_with_rowid=False,
    )


def _fetches() -> None:
    op.create_table(
        "fetches",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_fetches_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fetches"),
    )
    op.create_index("ix_fetches_source_id_id", "fetches", ["source_id", "id"], unique=False)


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", _ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.Column("last_seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sqlite_autoincrement=True,
    )


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("story_id", _ID, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.Column("date_from", sa.Text(), nullable=False),
        sa.Column("text_from", sa.Text(), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("paywalled", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("joined_layer", sa.Text(), nullable=False),
        sa.Column("joined_figure", sa.Double(), nullable=False),
        sa.Column("joined_with", sa.BigInteger(), nullable=False),
        sa.Column("listed", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("revised_at", Moment(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_articles_source_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_articles_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_body_hash_id", "articles", ["body_hash", "id"], unique=False)
    op.create_index("ix_articles_first_seen_at", "articles", ["first_seen_at"], unique=False)
    op.create_index("ix_articles_source_id_first_seen_at", "articles", ["source_id", "first_seen_at"], unique=False)
    op.create_index("ix_articles_story_id_id", "articles", ["story_id", "id"], unique=False)


def _urls() -> None:
    op.create_table(
        "urls",
        sa.Column("url_key", sa.Text(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_urls_article_id"),
        sa.PrimaryKeyConstraint("url_key", name="pk_urls"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_urls_article_id", "urls", ["article_id"], unique=False)


def _guids() -> None:
    op.create_table(
        "guids",
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_guids_article_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_guids_source_id"),
        sa.PrimaryKeyConstraint("source_id", "guid", name="pk_guids"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_guids_article_id", "guids", ["article_id"], unique=False)


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_revisions_article_id"),
        sa.PrimaryKeyConstraint("article_id", "number", name="pk_revisions"),
        sqlite_with_rowid=False,
    )


def _rereads() -> None:
    op.create_table(
        "rereads",
        sa.Column("article_id", _ID, autoincrement=False, nullable=False),
        sa.Column("source_id", _ID, nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_rereads_article_id"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_rereads_source_id"),
        sa.PrimaryKeyConstraint("article_id", name="pk_rereads"),
    )
    op.create_index("ix_rereads_source_id_due_at", "rereads", ["source_id", "due_at"], unique=False)


def _boilerplate() -> None:
    op.create_table(
        "boilerplate",
        sa.Column("source_id", _ID, autoincrement=False, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_boilerplate_source_id"),
        sa.PrimaryKeyConstraint("source_id", name="pk_boilerplate"),
    )


def _tombstones() -> None:
    op.create_table(
        "tombstones",
        sa.Column("mark", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_tombstones"),
    )


def _sketches() -> None:
    op.create_table(
        "sketches",
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sketch_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "article_id", name="pk_sketches"),
        sqlite_with_rowid=False,
    )


def _topics() -> None:
    op.create_table(
        "topics",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "version", "query", "title")),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_topics"),
    )


def _matches() -> None:
    op.create_table(
        "matches",
        sa.Column("article_id", _ID, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("topic", "version", "places", "why")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_matches_article_id"),
        sa.PrimaryKeyConstraint("article_id", "topic", "version", name="pk_matches"),
        sqlite_with_rowid=False,
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("story_id", _ID, nullable=False),
        sa.Column("article_id", _ID, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_alerts_article_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_alerts_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("topic", "story_id", name="uq_alerts_topic_story_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_article_id", "alerts", ["article_id"], unique=False)
    op.create_index("ix_alerts_story_id", "alerts", ["story_id"], unique=False)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_event_id", "notices", ["event", "id"], unique=False)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alert_id", _ID, nullable=True),
        sa.Column("notice_id", _ID, nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("untold", sa.Boolean(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.CheckConstraint("(alert_id IS NULL) <> (notice_id IS NULL)", name="about_one"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name="fk_deliveries_alert_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_deliveries_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("alert_id", "channel", name="uq_deliveries_alert_id_channel"),
        sa.UniqueConstraint("notice_id", "channel", name="uq_deliveries_notice_id_channel"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deliveries_channel_tried_at", "deliveries", ["channel", "tried_at"], unique=False)
    op.create_index("ix_deliveries_state_channel_due_at", "deliveries", ["state", "channel", "due_at"], unique=False)
    untold: dict[str, Any] = {"sqlite_where": sa.text("untold"), "postgresql_where": sa.text("untold")}
    op.create_index("ix_deliveries_untold", "deliveries", ["channel"], unique=False, **untold)


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("disabled_at", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_channels"),
    )


_TABLES = [
    "sources", "hosts", "fetches", "stories", "articles", "urls", "guids", "revisions", "rereads", "boilerplate",
    "tombstones", "sketches", "topics", "matches", "alerts", "notices", "deliveries", "channels",
]  # fmt: skip
_FTS5_LETTERS = "!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"
_FTS5 = (
    "CREATE VIRTUAL TABLE article_words USING fts5(tokens, content='articles', content_rowid='id', "
    f"detail=none, columnsize=0, tokenize=\"ascii tokenchars '{_FTS5_LETTERS}'\")"
)
_GIN = "CREATE INDEX ix_articles_words ON articles USING gin (array_to_tsvector(string_to_array(tokens, ' ')))"
_VIEW = (
    "CREATE VIEW v_article AS SELECT a.url, a.title, a.text, a.lang, s.name AS source, "
    "a.published_at, a.first_seen_at, a.story_id FROM articles a JOIN sources s ON s.id = a.source_id"
)
_EXTRA = {"sqlite": (_FTS5, _VIEW), "postgresql": (_GIN, _VIEW)}
