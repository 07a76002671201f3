"""An archive of so many articles for the story benchmark, made by the database itself: a million take minutes.

What look-ups meet is all there: 40 hashes an article, drawn, so that they lie as spread as real ones; rows of articles
and stories, a second apart, with drawn body hashes. Texts are not: no drawn article is ever a candidate.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from storage.database import Database
from storage.fingerprint import SKETCH_VERSION

SITES = 500
_HASHES = 40  # of a sketch; texts of 450 words have 38
START = datetime(2025, 3, 3, tzinfo=UTC)  # an article a second: a million lie within one window of fourteen days

_NUMBERS = {
    "sqlite": "WITH RECURSIVE g(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM g WHERE n < {last}) ",
    "postgresql": "",
}
_FROM = {"sqlite": "FROM g", "postgresql": "FROM generate_series({first}, {last}) AS g(n)"}
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', {epoch} + n, 'unixepoch') || '.000000+00:00'",
    "postgresql": "to_timestamp({epoch} + n)",
}
_BODY = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(random()::text)"}
_FALSE = {"sqlite": "0", "postgresql": "false"}
_HASH = {
    "sqlite": "random() & 9223372036854775807",
    "postgresql": "(random() * 9223372036854774784)::bigint",
}
_STORIES = (
    "INSERT INTO stories (id, title, articles, first_seen_at, last_seen_at) {numbers}SELECT n, '', 1, {at}, {at} {rows}"
)
_ARTICLES = (
    'INSERT INTO articles (id, source_id, story_id, url, guid, title, authors, lang, section, "group", first_seen_at,'
    " text_from, note, body_hash, joined_layer, joined_figure, joined_with, listed, changes, date_from,"
    " quality, paywalled, summary, text, tokens)"
    " {numbers}SELECT n, 1 + n - n / {sites} * {sites}, n, 'https://site.example/' || n, '', '', '[]', 'en',"
    " '', '', {at}, 'page', '', {body}, 'first', 1, 0, 0, 0, '', 1, {false}, '', '', '' {rows}"
)
_PAGES = "UPDATE boilerplate SET pages = :pages"  # so that lessons on furniture are as rare as in an old archive
_SKETCHES = (
    "INSERT INTO sketches (hash, article_id, sketch_version)"
    " {numbers}SELECT {hash}, n / {size}, {version} {rows}{order}"
)


def stock(database: Database, stored: int, total: int) -> None:
    """Bring the archive from `stored` articles to `total`."""
    with database.write() as connection:
        kind = connection.dialect.name
        if kind == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
            connection.execute(text("ALTER TABLE sketches DROP CONSTRAINT pk_sketches"))
        for template in (_STORIES, _ARTICLES):
            _fill(connection, template, stored + 1, total)
        _fill(connection, _SKETCHES, (stored + 1) * _HASHES, (total + 1) * _HASHES - 1)
        connection.execute(text(_PAGES), {"pages": total // SITES})
        if kind == "postgresql":
            connection.execute(text("ALTER TABLE sketches ADD CONSTRAINT pk_sketches PRIMARY KEY (hash, article_id)"))
            for table in ("stories", "articles"):
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {total})"))
    with database.write() as connection:
        connection.execute(text("ANALYZE"))


def _fill(connection: Connection, template: str, first: int, last: int) -> None:
    kind = connection.dialect.name
    parts = {
        "numbers": _NUMBERS[kind].format(first=first, last=last),
        "rows": _FROM[kind].format(first=first, last=last),
        "at": _MOMENT[kind].format(epoch=int(START.timestamp())),
        "body": _BODY[kind],
        "hash": _HASH[kind],
        "false": _FALSE[kind],
        "order": " ORDER BY 1" if kind == "sqlite" else "",  # sorted once, instead of a page at random for each row
        "sites": SITES,
        "size": _HASHES,
        "version": SKETCH_VERSION,
    }
    connection.exec_driver_sql(template.format(**parts))
