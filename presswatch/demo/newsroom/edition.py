"""What an outlet prints at one moment: each address of its site and the document that stands there; pure."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from presswatch.demo.newsroom.content import Form, Outlet, Piece

TYPES = {
    Form.RSS: "application/rss+xml",
    Form.ATOM: "application/atom+xml",
    Form.RDF: "application/rdf+xml",
    Form.JSON: "application/feed+json",
    Form.NEWS_SITEMAP: "application/xml",
    Form.SECTION: "text/html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A body with what a server says of it."""

    body: bytes
    content_type: str
    changed_at: datetime
    delay: float = 0.0
    gzip: bool = False

    @property
    def etag(self) -> str:
        """A strong validator of exactly these bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

    @property
    def compressed(self) -> bytes:
        """The body as gzip; the same bytes each time."""
        return gzip.compress(self.body, mtime=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A piece with the address and hour that its outlet gave it, as templates want it."""

    piece: Piece
    url: str  # the address itself
    link: str  # the same as lists print it, a tracker's parameters included
    at: datetime

    @property
    def rfc822(self) -> str:
        """The hour as RSS wants it."""
        return format_datetime(self.at)

    @property
    def iso(self) -> str:
        """The hour as everything else wants it."""
        return self.at.isoformat()

    @property
    def summary(self) -> str:
        """The first sentence or two: what an editor puts under the headline."""
        words = self.piece.paragraphs[0].split()
        return " ".join(words) if len(words) <= 34 else " ".join(words[:34]).rstrip(",;:") + " …"


def edition(outlet: Outlet, pieces: Sequence[Piece], *, base: str, start: datetime) -> Mapping[str, Document]:
    """Every document of `outlet` by its path, given what it has printed, newest first."""
    printed = [_printed(outlet, piece, base=base, start=start) for piece in pieces]
    documents = {article.url.removeprefix(base): _page(outlet, article, printed, base) for article in printed}
    documents[outlet.document] = _list(outlet, printed, base)
    documents["/robots.txt"] = _robots(outlet, base, start)
    return documents


def _printed(outlet: Outlet, piece: Piece, *, base: str, start: datetime) -> Printed:
    slug = piece.id.removeprefix(f"{outlet.id}-")
    path = outlet.article_path.format(section=_path_word(piece.section), slug=slug, number=piece.number)
    link = f"{base}{path}?{outlet.tracker}" if outlet.tracker else f"{base}{path}"
    return Printed(piece=piece, url=base + path, link=link, at=start - timedelta(minutes=piece.minutes))


def _list(outlet: Outlet, printed: Sequence[Printed], base: str) -> Document:
    make = _json_feed if outlet.form is Form.JSON else _from_template
    text = make(outlet, printed, base)
    return _document(outlet, text, TYPES[outlet.form], printed[0].at, delay=outlet.delay)


def _from_template(outlet: Outlet, printed: Sequence[Printed], base: str) -> str:
    suffix = "html" if outlet.form is Form.SECTION else "xml"
    return _render(f"{outlet.form}.{suffix}", outlet=outlet, articles=printed, base=base)


def _page(outlet: Outlet, article: Printed, printed: Sequence[Printed], base: str) -> Document:
    # The hour a page was printed decides what stands beside it, so that a page does not change when others appear.
    older = [other for other in printed if other.at < article.at] or [article]
    text = _render(
        "article.html",
        outlet=outlet,
        article=article,
        related=older[:4],
        most_read=sorted(older, key=lambda other: other.piece.number)[:3],
        data=_linked_data(outlet, article),
        base=base,
    )
    return _document(outlet, text, "text/html", article.at)


def _document(outlet: Outlet, text: str, content_type: str, changed_at: datetime, *, delay: float = 0.0) -> Document:
    body = text.encode(outlet.charset, errors="xmlcharrefreplace")
    declared = content_type if content_type.endswith("json") else f"{content_type}; charset={outlet.charset}"
    return Document(body=body, content_type=declared, changed_at=changed_at, delay=delay, gzip=outlet.gzip)


def _robots(outlet: Outlet, base: str, start: datetime) -> Document:
    rules = "User-agent: *\nDisallow: /admin/\nDisallow: /search\n"
    if outlet.form is Form.NEWS_SITEMAP:
        rules += f"Sitemap: {base}{outlet.document}\n"
    return Document(body=rules.encode(), content_type="text/plain", changed_at=start - timedelta(days=90))


def _json_feed(outlet: Outlet, printed: Sequence[Printed], base: str) -> str:
    items = [
        {
            "id": article.url,
            "url": article.link,
            "title": article.piece.title,
            "summary": article.summary,
            "content_html": "".join(f"<p>{paragraph}</p>" for paragraph in article.piece.paragraphs),
            "date_published": article.iso,
            "authors": [{"name": article.piece.author or outlet.name}],
            "language": article.piece.lang,
            "tags": [article.piece.section],
        }
        for article in printed
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/",
        "feed_url": f"{base}{outlet.document}",
        "language": outlet.lang,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _linked_data(outlet: Outlet, article: Printed) -> Mapping[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.piece.title,
        "datePublished": article.iso,
        "inLanguage": article.piece.lang,
        "author": {"@type": "Person", "name": article.piece.author or outlet.name},
        "publisher": {"@type": "Organization", "name": outlet.name},
        "mainEntityOfPage": article.url,
    }


def _path_word(section: str) -> str:
    """A section's name as sites write it in addresses: short, Latin, lower case."""
    latin = section.lower().translate(str.maketrans("əıöüçşğäß", "eioucsgas"))
    return "".join(letter for letter in latin if letter.isascii() and letter.isalnum()) or "news"


def _render(name: str, **values: object) -> str:
    return _environment().get_template(name).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
