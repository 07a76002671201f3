"""Feeds made at random: whatever the fast reader must either read as feedparser does, or leave to it."""

import random
from collections.abc import Callable

TEXTS = (
    "savunma",
    "müdafaa əməkdaşlıq",
    "оборона",
    "defence ministers",
    "Baku",
    "Ãœ",
    "Ã©",
    "naïve",
    "café",
    "€5",
    "漢字",
    "ırak İş",
    "&amp;",
    "&lt;b&gt;bold&lt;/b&gt;",
    "&amp;amp;",
    "&amp;nbsp;",
    "&#8217;",
    "&amp;#8217;",
    "a&lt;b",
    "5&lt;6",
    "&quot;x&quot;",
    "<![CDATA[<p>One & two</p><br>x]]>",
    "<![CDATA[a &amp; b &lt;i&gt;]]>",
    "<!--c-->",
    "\n",
    "\t",
    "  ",
    "&#x130;",
    "&#146;",
    "&amp;copy;",
    "&amp;foo;",
    "&lt;script&gt;evil()&lt;/script&gt;",
    "&lt;/p&gt;",
    "&lt;br/&gt;",
    "&amp;lt;i&amp;gt;",
    "<?pi x?>",
    "&lt;!-- hidden --&gt;",
    "AT&amp;T",
    "100%",
    "&amp;#146;",
)
DATES = (
    "Mon, 02 Sep 2024 10:00:00 +0400",
    "02 Sep 2024 10:00 GMT",
    "2024-09-02T10:00:00Z",
    "2024-09-02T10:00:00.123+03:00",
    "2024-09-02",
    "Mon, 2 Sep 2024 10:00:00 EST",
    "Mon, 02 Sep 2024 10:00:00 CET",
    "",
    "2024-09-02 10:00:00",
    "Mon, 02 Sep 2024 10:00:00 AZT",
    "Sun, 31 Dec 9999 23:59:59 GMT",
    "2024-13-02T10:00:00Z",
    "20240902T100000Z",
    "Monday, 02 September 2024 10:00:00 +0300",
    "Mon, 02 Sep 24 10:00:00 +0000",
    "Mon, 02 Sep 2024 10:00:00 XYZ",
)
LINKS = (
    "http://quay.example/a/b",
    "https://quay.example/x?a=1&amp;b=2",
    " http://quay.example/s ",
    "/rel/x",
    "",
    "javascript:alert(1)",
    "http://quay.example/a/../b",
    "http://quay.example/q?",
    "http://quay.example/ü",
    "http://quay.example/a;b",
    "mailto:a@b.c",
    "http:///quay.example/z",
    "HTTP://QUAY.EXAMPLE/U",
    "http://quay.example",
    "//quay.example/p",
    "http://quay.example/x#frag",
    "http://quay.example/a b",
    "http://quay.example/c",
    "http://quay.example/d",
    "http://quay.example/e",
)
GUIDS = ("g1", "http://quay.example/g", "urn:uuid:1", "tag:quay.example,2020:1", " g2 ", "12 3", "", "ü1")
AUTHORS = ("Leyla H", "a@b.com (Ann B)", "a@b.com", "Ann (x@y.org)", "  ", "Ünal Ş", "x@y.press (Q)", "A &amp; B", "Ã©")

SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:ya="http://desk.example/ns" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


class FeedMaker:
    """Makes feeds from a seed; the same seed, the same feeds."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def feed(self) -> tuple[bytes, str]:
        """Return a feed's bytes and the content type it is served with."""
        text = self._random.choice((self._rss, self._rss, self._atom, self._rdf))()
        encoding = self._pick(*["utf-8"] * 12, "iso-8859-9", "windows-1251")
        declaration = self._pick(
            "",
            f'<?xml version="1.0" encoding="{encoding}"?>\n',
            f"<?xml version='1.0'  encoding='{encoding.upper()}' standalone='yes'?>",
        )
        body = (declaration + text).encode(encoding if declaration else "utf-8", "xmlcharrefreplace")
        front = self._random.choice((*[b""] * 20, b"\xef\xbb\xbf", b"\n "))
        return front + body, self._pick("application/rss+xml", "text/xml", "text/xml; charset=utf-8", "text/html", "")

    def _pick(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _some(self, share: float, make: Callable[[], str]) -> str:
        return make() if self._random.random() < share else ""

    def _words(self, most: int) -> str:
        return " ".join(self._pick(*TEXTS) for _ in range(self._random.randint(0, most)))

    def _shuffled(self, *parts: str) -> str:
        order = list(parts)
        self._random.shuffle(order)
        return "".join(order)

    def _leaf(self, name: str, most: int, *attributes: str) -> Callable[[], str]:
        return lambda: f"<{name}{self._pick('', '', *attributes)}>{self._words(most)}</{name}>"

    def _of(self, name: str, choices: tuple[str, ...], *attributes: str) -> Callable[[], str]:
        return lambda: f"<{name}{self._pick('', *attributes)}>{self._pick(*choices)}</{name}>"

    def _rss(self) -> str:
        head = self._shuffled(
            self._leaf("title", 3)(),
            "<link>http://quay.example/</link>",
            "<description>d</description>",
            self._some(0.3, lambda: "<image><title>img</title><url>http://quay.example/l.png</url></image>"),
            self._some(0.3, lambda: '<atom:link rel="self" href="http://quay.example/feed"/>'),
        )
        items = "".join(self._rss_item() for _ in range(self._random.randint(0, 3)))
        return f'<rss version="2.0" {SPACES}><channel>{head}{items}</channel></rss>'

    def _rss_item(self) -> str:
        some, leaf, of = self._some, self._leaf, self._of
        html = ' type="html"'
        domain = ' domain="d"'
        parts = [
            some(0.95, leaf("title", 6, html)),
            some(0.95, of("link", LINKS)),
            some(0.05, of("link", LINKS)),
            some(0.8, of("guid", GUIDS, ' isPermaLink="false"', ' isPermaLink="true"', ' ispermalink="TRUE"')),
            some(0.8, leaf("description", 12)),
            some(0.3, leaf("content:encoded", 15)),
            some(0.8, of("pubDate", DATES)),
            some(0.2, of("dc:date", DATES)),
            some(0.3, of("author", AUTHORS)),
            some(0.3, of("dc:creator", AUTHORS)),
            some(0.1, of("dc:creator", AUTHORS)),
            some(0.4, leaf("category", 2, domain)),
            some(0.3, leaf("category", 2, domain)),
            some(0.1, leaf("dc:subject", 2)),
            some(0.05, leaf("dc:title", 3)),
            some(0.03, of("itunes:author", AUTHORS)),
            some(0.02, leaf("body", 3)),
            some(
                0.1,
                lambda: f'<atom:link rel="{self._pick("self", "replies", "alternate")}" href="{self._pick(*LINKS)}"/>',
            ),
        ]
        parts += [some(0.12, lambda text=text: text) for text in _EXTRAS]  # type: ignore[misc]
        parts += [some(0.03, lambda text=text: text) for text in _TRAPS]  # type: ignore[misc]
        return f"<item>{self._shuffled(*parts)}</item>"

    def _atom_link(self) -> str:
        return f'<atom:link rel="{self._pick("self", "replies", "alternate")}" href="{self._pick(*LINKS)}"/>'

    def _atom(self) -> str:
        entries = "".join(self._atom_entry() for _ in range(self._random.randint(0, 3)))
        lang = self._pick("", ' xml:lang="tr"')
        head = f"{self._leaf('title', 3)()}<id>f</id><updated>2024-09-02</updated><author><name>Desk</name></author>"
        spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
        return f"<feed {spaces}{lang}>{head}{entries}</feed>"

    def _atom_entry(self) -> str:
        some, leaf, of = self._some, self._leaf, self._of
        types = (' type="text"', ' type="html"')
        rels = ("", ' rel="alternate"', ' rel="Alternate" type="text/html"', ' rel="alternate" type="application/json"')
        return "<entry>{}</entry>".format(
            self._shuffled(
                leaf("title", 6, *types)(),
                of("id", GUIDS)(),
                of("updated", DATES)(),
                some(0.6, of("published", DATES)),
                some(0.95, lambda: f'<link{self._pick(*rels)} href="{self._pick(*LINKS)}"/>'),
                some(
                    0.3, lambda: f'<link rel="{self._pick("self", "edit", "alternate")}" href="{self._pick(*LINKS)}"/>'
                ),
                some(0.6, leaf("summary", 9, *types)),
                some(0.5, leaf("content", 9, *types, ' type="text/html"', ' xml:lang="tr"')),
                some(0.05, lambda: '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x</div></content>'),
                some(0.5, lambda: f"<author><name>{self._words(2)}</name><uri>http://x/</uri></author>"),
                some(0.2, lambda: f"<author>\n<name>{self._pick(*AUTHORS)}</name><email>a@b.c</email></author>"),
                some(0.4, lambda: f'<category term="{self._pick("politics", "", "əməkdaşlıq")}" label="x"/>'),
                some(0.2, lambda: '<category term="second"/>'),
                some(0.1, lambda: '<media:thumbnail url="http://quay.example/i.jpg"/>'),
                some(0.05, lambda: "<source><title>s</title><id>q</id></source>"),
                some(0.1, lambda: "<rights>r</rights>"),
                some(0.1, lambda: '<author><name>N</name><gd:i xmlns:gd="http://gd.example/" src="x"/></author>'),
                some(0.1, lambda: "<media:group><media:title>mt</media:title></media:group>"),
            )
        )

    def _rdf(self) -> str:
        items = "".join(self._rdf_item() for _ in range(self._random.randint(0, 3)))
        spaces = f'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {SPACES}'
        channel = (
            f'<channel rdf:about="http://quay.example/">{self._leaf("title", 3)()}<items><rdf:Seq/></items></channel>'
        )
        return f"<rdf:RDF {spaces}>{channel}{items}</rdf:RDF>"

    def _rdf_item(self) -> str:
        some, leaf, of = self._some, self._leaf, self._of
        parts = self._shuffled(
            leaf("title", 5)(),
            some(0.95, of("link", LINKS)),
            some(0.7, leaf("description", 9)),
            some(0.7, of("dc:date", DATES)),
            some(0.5, of("dc:creator", AUTHORS)),
            some(0.3, leaf("dc:subject", 2)),
            some(0.2, leaf("content:encoded", 9)),
        )
        return f'<item rdf:about="{self._pick(*LINKS)}">{parts}</item>'


_EXTRAS = (
    '<enclosure url="http://quay.example/i.jpg" length="1" type="image/jpeg"/>',
    '<source url="http://quay.example/s">Src</source>',
    '<media:content url="http://quay.example/i.jpg" medium="image"/>',
    '<media:thumbnail url="http://quay.example/i.jpg"/>',
    '<media:credit role="x">c</media:credit>',
    "<slash:comments>3</slash:comments>",
    "<wfw:commentRss>http://quay.example/c</wfw:commentRss>",
    "<ya:full-text>long text</ya:full-text>",
    '<ya:x a="1">long text</ya:x>',
    "<comments>http://quay.example/talk</comments>",
    "<image>http://quay.example/i.jpg</image>",
    "<haber_id>77</haber_id>",
    '<thumb src="i.jpg"/>',
    "<dc:publisher>P (a@b.c)</dc:publisher><dc:language>tr</dc:language><dc:contributor>C</dc:contributor>",
    "<dc:type>Text</dc:type><dc:identifier>urn:1</dc:identifier>",
    '<post-id xmlns="com-wordpress:feed-additions:1">5</post-id>',
    "<media:title>mt</media:title>",
    '<media:content url="i.jpg"><media:title>mt</media:title><media:credit>c</media:credit></media:content>',
    '<media:group><media:content url="i.jpg"/></media:group>',
)
_TRAPS = (
    '<media:content url="i.jpg"><media:title>mt</media:title><media:description>md</media:description></media:content>',
    "<ya:y><title>inner</title></ya:y>",
    "<description><p>x</p></description>",
    "<media:keywords>a, b</media:keywords>",
    '<dc:creator xmlns:dc="http://elsewhere.example/">Somebody Else</dc:creator>',
    "<summary>of another vocabulary</summary>",
    "<title>a second title</title>",
    "<description>a second description</description>",
    "<guid>a-second-guid</guid>",
    "<pubDate>Mon, 02 Sep 2024 11:00:00 GMT</pubDate>",
    "<content:encoded>a second text</content:encoded>",
    "<tags>a,b</tags>",
    "<x:title xmlns:x='http://x.example/'>odd</x:title>",
)
