"""Dresses stories as RSS, Atom and HTML, the way news sites do: a little article in a lot of page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from json import dumps
from random import Random

from prose import Story, headline, passage, story

NEWEST = datetime(2026, 3, 2, 18, tzinfo=UTC)


def published(feed: int, item: int) -> datetime:
    """When an article came out: newest first, about one an hour."""
    return NEWEST - timedelta(minutes=55 * item + feed % 50)


def outlet(feed: int) -> str:
    """The name of the outlet behind a feed."""
    return f"The {headline(Random(f'outlet {feed}')).split()[0]} Courier {feed}"


def rss(seed: int, feed: int, items: int, origin: str) -> bytes:
    """RSS 2.0 with plain summaries."""
    return _rss(seed, feed, items, origin, lambda told: escape(told.summary))


def rss_with_bodies(seed: int, feed: int, items: int, origin: str) -> bytes:
    """RSS 2.0 whose descriptions are whole articles in HTML, links and pictures included."""
    return _rss(seed, feed, items, origin, lambda told: f"<![CDATA[{_body(told, feed)}]]>")


def _body(told: Story, feed: int) -> str:
    picture = f'<p><img src="/img/{feed}.jpg" alt="{escape(told.title)}" width="640"></p>'
    linked = (f'<p>{text} <a href="/topic/{len(text)}?from=feed">More</a></p>' for text in told.paragraphs)
    return picture + "".join(linked)


def _rss(seed: int, feed: int, items: int, origin: str, describe: Callable[[Story], str]) -> bytes:
    name = escape(outlet(feed))
    entries = "".join(_rss_item(story(seed, feed, item), feed, item, origin, describe) for item in range(items))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>{name}</title>
<link>{origin}/outlet/{feed}/</link>
<atom:link href="{origin}/feed/{feed}.xml" rel="self" type="application/rss+xml"/>
<description>News from {name}</description>
<language>en</language>
<lastBuildDate>{format_datetime(published(feed, 0), usegmt=True)}</lastBuildDate>
<image><url>{origin}/img/{feed}.png</url><title>{name}</title><link>{origin}/outlet/{feed}/</link></image>
{entries}</channel>
</rss>
""".encode()


def _rss_item(told: Story, feed: int, item: int, origin: str, describe: Callable[[Story], str]) -> str:
    return f"""<item>
<title>{escape(told.title)}</title>
<link>{origin}/feed/{feed}/{item}.html</link>
<guid isPermaLink="true">{origin}/feed/{feed}/{item}.html</guid>
<pubDate>{format_datetime(published(feed, item), usegmt=True)}</pubDate>
<dc:creator>{escape(told.author)}</dc:creator>
<category>{told.section}</category>
<description>{describe(told)}</description>
</item>
"""


def atom(seed: int, feed: int, items: int, origin: str) -> bytes:
    """Atom 1.0 with plain summaries."""
    name = escape(outlet(feed))
    entries = "".join(_atom_entry(story(seed, feed, item), feed, item, origin) for item in range(items))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>{name}</title>
<id>{origin}/outlet/{feed}/</id>
<link href="{origin}/outlet/{feed}/"/>
<link rel="self" href="{origin}/feed/{feed}.xml"/>
<updated>{published(feed, 0).isoformat()}</updated>
{entries}</feed>
""".encode()


def _atom_entry(told: Story, feed: int, item: int, origin: str) -> str:
    return f"""<entry>
<title>{escape(told.title)}</title>
<id>{origin}/feed/{feed}/{item}.html</id>
<link rel="alternate" type="text/html" href="{origin}/feed/{feed}/{item}.html"/>
<updated>{published(feed, item).isoformat()}</updated>
<published>{published(feed, item).isoformat()}</published>
<author><name>{escape(told.author)}</name></author>
<category term="{told.section}"/>
<summary>{escape(told.summary)}</summary>
</entry>
"""


FORMATS: dict[str, Callable[[int, int, int, str], bytes]] = {"rss": rss, "atom": atom, "html": rss_with_bodies}


def article_page(seed: int, feed: int, item: int, origin: str) -> bytes:
    """An article's page of 25 to 40 kB: head, navigation, article, teasers, footer."""
    told = story(seed, feed, item)
    head, top, foot = _frame(feed, origin)
    url = f"{origin}/feed/{feed}/{item}.html"
    parts = (head, _meta(told, feed, item, url), top, _article(told, feed, item), _teasers(feed, item, origin), foot)
    return "".join(parts).encode()


def _meta(told: Story, feed: int, item: int, url: str) -> str:
    title, summary, when = escape(told.title), escape(told.summary), published(feed, item).isoformat()
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": told.title,
        "datePublished": when,
        "author": {"@type": "Person", "name": told.author},
        "publisher": {"@type": "Organization", "name": outlet(feed)},
    }
    return f"""<title>{title} | {escape(outlet(feed))}</title>
<link rel="canonical" href="{url}">
<meta name="description" content="{summary}">
<meta name="author" content="{escape(told.author)}">
<meta property="og:type" content="article"><meta property="og:title" content="{title}">
<meta property="og:description" content="{summary}"><meta property="og:url" content="{url}">
<meta property="og:site_name" content="{escape(outlet(feed))}">
<meta property="article:published_time" content="{when}"><meta property="article:section" content="{told.section}">
<script type="application/ld+json">{dumps(linked)}</script>
"""


def _article(told: Story, feed: int, item: int) -> str:
    first, *rest = (f"<p>{escape(text)}</p>" for text in told.paragraphs)
    middle = f'<figure><img src="/img/{feed}-{item}.jpg" alt=""><figcaption>Picture desk</figcaption></figure>'
    when = published(feed, item)
    return f"""<main><article class="story"><header><p class="kicker">{told.section}</p><h1>{escape(told.title)}</h1>
<p class="byline">By <a href="/authors/{feed}" rel="author">{escape(told.author)}</a>
<time datetime="{when.isoformat()}">{when:%d %B %Y, %H:%M}</time></p>
<ul class="share"><li><a href="#">Share</a></li><li><a href="#">Mail</a></li></ul></header>
<div class="story-body">{first}{middle}{"".join(rest)}</div>
<aside class="tags"><a href="/tag/{told.section.lower()}">{told.section}</a></aside></article>
"""


def _teasers(feed: int, item: int, origin: str) -> str:
    """Links to other articles, each page with its own, and an empty form and comment box."""
    rng = Random(f"teasers {feed} {item}")
    cards = "".join(
        _card(rng, n, f"{origin}/outlet/{feed}/{rng.randrange(10**6)}.html") for n in range(rng.randrange(24, 45))
    )
    return f"""<section class="more"><h2>More from the newsroom</h2><ul class="grid">{cards}</ul></section></main>
<form class="letter"><label>Our letter <input type="email" name="to"></label><button>Send</button></form>
<div id="comments"><button>Comment</button></div>
"""


def _card(rng: Random, n: int, url: str) -> str:
    return (
        f'<li class="grid-cell"><div class="card card-{n % 3}"><a class="card-link" href="{url}">'
        f'<span class="media"><img loading="lazy" src="/t/{n}.jpg" alt=""></span>'
        f'<h3 class="card-title">{headline(rng)}</h3></a><span class="when">{n + 1} hours ago</span></div></li>\n'
    )


@lru_cache(maxsize=64)
def _frame(feed: int, origin: str) -> tuple[str, str, str]:
    """What every page of a site has in common: opening, navigation and footer."""
    rng = Random(f"frame {feed}")
    head = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>{"".join(_rules(rng))}</style><script>{"".join(_code(rng))}</script>
<link rel="alternate" type="application/rss+xml" href="{origin}/feed/{feed}.xml">
"""
    menu = "".join(
        f'<li class="item"><a href="/outlet/{feed}/section/{n}">{headline(rng)[:24]}</a></li>\n' for n in range(80)
    )
    top = f"""</head><body class="page"><div id="consent"><p>We use cookies. <button>Accept</button></p></div>
<header class="site"><a class="logo" href="/">{escape(outlet(feed))}</a><nav><ul>{menu}</ul></nav></header>
"""
    links = "".join(f'<li><a href="/about/{n}">{headline(rng)[:20]}</a></li>' for n in range(40))
    foot = f"""<footer><ul>{links}</ul><p class="legal">{passage(rng, 60)}</p></footer>
<script>{"".join(_code(rng))}</script></body></html>
"""
    return head, top, foot


def _rules(rng: Random) -> Iterator[str]:
    for n in range(60):
        yield f".c{n}-{rng.randrange(999)}{{margin:{rng.randrange(40)}px;color:#{rng.randrange(16**6):06x}}}\n"


def _code(rng: Random) -> Iterator[str]:
    for n in range(40):
        yield f"window.q{n}=function(a){{return a+{rng.randrange(10**6)}}};\n"
