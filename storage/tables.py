"""The tables, once for SQLite and PostgreSQL; what SQLAlchemy cannot say (full text, the public view) is DDL below."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
)
from sqlalchemy.types import TypeEngine


class Moment(TypeDecorator[datetime]):
    """An aware UTC time: TIMESTAMPTZ on PostgreSQL; text that sorts and names its zone on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Pick the column type of the database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Turn an aware time into what the database keeps; a naive one is a bug."""
        return None if value is None else bound(value, dialect.name)

    def process_result_value(self, value: datetime | str | None, _dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def bound(value: datetime, dialect: str) -> datetime | str:
    """Give an aware time as a database keeps it, for statements in the driver's own words."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    moment = value.astimezone(UTC)
    return moment if dialect == "postgresql" else moment.isoformat(" ", "microseconds")


def binding(dialect: str) -> Callable[[datetime], datetime | str]:
    """Give `bound` for a batch, whose times are nearly all the same few."""
    return cache(partial(bound, dialect=dialect))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite's row id is spelt INTEGER

sources = Table(
    "sources",
    metadata,
    Column("id", _Id, primary_key=True),
    # what the operator wrote
    Column("name", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),  # of the url: sources of one host are run by one process at a time
    Column("kind", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("links", Text, nullable=False),
    Column("every_seconds", Double),  # NULL: the cadence adapts
    Column("cron", Text, nullable=False, default=""),  # "": no times of its own
    Column("enabled", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),  # not in the configuration: never due; its articles stay
    # what we remember of asking
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("interval_seconds", Double, nullable=False),  # the cadence in force
    Column("due_at", Moment, nullable=False),
    Column("due_set_at", Moment),  # when `due_at` was written; in the future only if a clock was set back since
    Column("last_success_at", Moment),
    Column("first_read_at", Moment),  # NULL: never yet
    Column("read_up_at", Moment),  # the first time that nothing was left; NULL: what it lists is backlog still
    Column("failures", Integer, nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_times", Integer, nullable=False, default=0),  # answers in a row that agree on it
    Column("whole_at", Moment),  # when it last sent a body; NULL: never yet
    Column("lied_at", Moment),  # when its 304 was last seen to be a lie; NULL: never, or long ago
    # what its list dropped between two looks and is still to be had, see news.source.Gap
    Column("gap_since", Moment),  # NULL: nothing
    Column("gap_left", Integer, nullable=False, default=0),
    Column("gap_tries", Integer, nullable=False, default=0),
    Column("listed", Integer, nullable=False, default=0),  # items of its list when last read; 0: none that we hold
    # its health, a news.health.State, see storage/health.py
    Column("health", Text, nullable=False, default="new"),
    Column("health_since", Moment),  # NULL: never asked
    Column("judged_token", BigInteger),  # `token` when it was judged; another since then: it was run again
    Column("judged_at", Moment),  # NULL: never yet
    Column("changed_at", Moment),  # when `health` last changed; NULL: never
    Column("told", Text, nullable=False, default="fine"),  # the health that operators heard of last
    Column("told_at", Moment),  # NULL: they never heard of this source
    Column("turns", Integer, nullable=False, default=0),  # changes since then
    # the lease
    Column("owner", Text, nullable=False),  # "": free
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),  # claims since the last settled run
    Column("token", BigInteger, nullable=False),  # claims ever: tells two leases of one owner apart
)

hosts = Table(
    "hosts",
    metadata,
    # the pace of hosts that were asked lately, handed from one process to the next
    Column("host", Text, primary_key=True),
    Column("next_at", Moment, nullable=False),  # no request before this
    Column("rests_until", Moment, nullable=False),  # the host asked for it, by Retry-After
    Column("delay", Double, nullable=False),  # its robots.txt's; 0: none
    Column("factor", Double, nullable=False),
    Column("latency", Double, nullable=False),
    Column("holds_until", Moment, nullable=False),  # then the row says nothing any more
    Column("owner", Text, nullable=False),  # who wrote it
    Column("set_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

fetches = Table(
    "fetches",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("source_id", _Id, ForeignKey("sources.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Integer),
    Column("size", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("items", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("gap", Boolean, nullable=False),
    Index(None, "source_id", "id"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("title", Text, nullable=False),  # the first article's
    Column("articles", Integer, nullable=False),  # ever joined; expired ones stay counted
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    sqlite_autoincrement=True,  # an id is never given twice, even after its row expired
)

articles = Table(
    "articles",
    metadata,
    Column("id", _Id, primary_key=True),  # rises with the order of arrival
    Column("source_id", _Id, ForeignKey("sources.id"), nullable=False),
    Column("story_id", _Id, ForeignKey("stories.id")),  # NULL only inside the transaction that keeps it
    Column("url", Text, nullable=False),
    Column("guid", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("authors", Text, nullable=False),  # JSON array
    Column("lang", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("published_at", Moment),
    Column("first_seen_at", Moment, nullable=False),
    Column("date_from", Text, nullable=False, default=""),
    Column("text_from", Text, nullable=False),
    Column("quality", Double, nullable=False, default=1.0),  # of the extraction, 0 to 1
    Column("paywalled", Boolean, nullable=False, default=False),
    Column("note", Text, nullable=False),
    Column("body_hash", Text, nullable=False),  # "": too short to tell articles apart
    Column("joined_layer", Text, nullable=False),
    Column("joined_figure", Double, nullable=False),
    Column("joined_with", BigInteger, nullable=False),  # an article's id that may have expired since; 0: none
    Column(
        "listed", BigInteger, nullable=False, default=0
    ),  # hash of what its source lists; 0: not watched for changes
    Column("changes", Integer, nullable=False, default=0),  # times that hash changed
    Column("revised_at", Moment),  # NULL: its text is the first one
    # the long ones last: SQLite reads a row's beginning without them
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("tokens", Text, nullable=False),  # folded words of title and text, joined by spaces
    Index(None, "source_id", "first_seen_at"),  # a source's count, newest and rhythm are read from it alone
    Index(None, "story_id", "id"),
    Index(None, "first_seen_at"),
    Index(None, "body_hash", "id"),
    sqlite_autoincrement=True,
)

urls = Table(
    "urls",
    metadata,
    Column("url_key", Text, primary_key=True),
    Column("article_id", _Id, ForeignKey("articles.id"), nullable=False),
    Column("reason", Text, nullable=False),  # own, redirect, canonical, guid, body
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

guids = Table(
    "guids",
    metadata,
    Column("source_id", _Id, ForeignKey("sources.id"), primary_key=True),
    Column("guid", Text, primary_key=True),
    Column("article_id", _Id, ForeignKey("articles.id"), nullable=False),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

revisions = Table(
    "revisions",
    metadata,
    # what an article said before it was changed; what it says now stands in `articles`
    Column("article_id", _Id, ForeignKey("articles.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1 is the text it was kept with
    Column("seen_at", Moment, nullable=False),  # when this text was first seen
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

rereads = Table(
    "rereads",
    metadata,
    # articles whose pages are to be read again; apart from `articles`, whose rows are dear to write
    Column("article_id", _Id, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("source_id", _Id, ForeignKey("sources.id"), nullable=False),
    Column("due_at", Moment, nullable=False),
    Index(None, "source_id", "due_at"),
)

boilerplate = Table(
    "boilerplate",
    metadata,
    # passages that a site puts around its articles, learnt from them
    Column("source_id", _Id, ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    Column("pages", Integer, nullable=False),  # kept so far
    Column("hashes", Text, nullable=False),  # JSON array of the sketches' shingles
)

tombstones = Table(
    "tombstones",
    metadata,
    # of a URL key, or of a source and guid, whose article expired: it must not come back as new
    Column("mark", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
)

sketches = Table(
    "sketches",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "article_id", BigInteger, primary_key=True, autoincrement=False
    ),  # rows of expired articles go in `maintain`
    Column("sketch_version", Integer, nullable=False),
    sqlite_with_rowid=False,
)

topics = Table(
    "topics",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("query", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),  # when this version was first put to work
)

matches = Table(
    "matches",
    metadata,
    Column("article_id", _Id, ForeignKey("articles.id"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("places", Text, nullable=False),  # JSON array of [zone, start, end, clause, tier]
    Column("why", Text, nullable=False),
    sqlite_with_rowid=False,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("story_id", _Id, ForeignKey("stories.id"), nullable=False),
    Column("article_id", _Id, ForeignKey("articles.id"), nullable=False),  # the copy that raised it
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("channels", Text, nullable=False),  # JSON array, as decided
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("topic", "story_id"),
    Index(None, "story_id"),
    Index(None, "article_id"),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    metadata,
    # what operators were told, or would have been if they had named a channel
    Column("id", _Id, primary_key=True),
    Column("event", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("facts", Text, nullable=False),  # JSON object, see storage/notices.py
    Index(None, "event", "id"),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    # what it tells of: one of the two
    Column("alert_id", _Id, ForeignKey("alerts.id")),
    Column("notice_id", _Id, ForeignKey("notices.id")),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", Text, nullable=False),  # "": free
    Column("lease_until", Moment),
    Column("last_error", Text, nullable=False),
    Column("taken_by", Text, nullable=False),  # JSON array of the channel's receivers that have it already
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),  # when it was delivered or given up
    Column("bundle", Text, nullable=False),  # the digest that carries it; "": it goes alone
    Column("tried_at", Moment),  # the last attempt's beginning: what the rate limit counts. NULL: never tried
    Column("refused", Text, nullable=False, default="{}"),  # JSON object of receivers that will not have it, and why
    Column("untold", Boolean, nullable=False, default=False),  # an alert was given up, and operators have not heard
    Column("heard", Text),  # JSON array of those in `refused` that they have heard of, while it is untold; NULL: none
    UniqueConstraint("alert_id", "channel"),
    UniqueConstraint("notice_id", "channel"),
    CheckConstraint("(alert_id IS NULL) <> (notice_id IS NULL)", name="about_one"),
    Index(None, "state", "channel", "due_at"),
    Index(None, "channel", "tried_at"),
    sqlite_with_rowid=False,
)

channels = Table(
    "channels",
    metadata,
    # only those that were switched off: a receiver said it is gone
    Column("name", Text, primary_key=True),
    Column("disabled_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("told", Boolean, nullable=False, default=False),  # operators heard of it
)

# Our tokens are the index's terms, letter for letter: the ascii tokenizer changes nothing but A-Z and takes every
# byte above 127 for a letter; all printable ASCII but the space is declared a letter too. unicode61 would split
# tokens at marks and signs. detail=none: a prefilter asks for words, never for their places.
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
# here, for an Index with `postgresql_where` loads PostgreSQL's dialect wherever these tables are looked at
_UNTOLD = "CREATE INDEX ix_deliveries_untold ON deliveries (channel) WHERE untold"
EXTRA_DDL = {"sqlite": (_FTS5, _VIEW, _UNTOLD), "postgresql": (_GIN, _VIEW, _UNTOLD)}


@event.listens_for(metadata, "after_create")
def _create_the_rest(_metadata: MetaData, connection: Connection, **_options: object) -> None:
    for statement in EXTRA_DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)
