"""Which addresses are the same article's, and which canonical links are believed."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.identity import canonical_ok, url_key, without_trackers
from storage.trackers import SESSIONS, TRACKERS

ARTICLE = "https://example.com/news/2025/03/ministers-sign-protocol-48213"

TWINS = {
    "http and https": ("http://example.com/a/b", "https://example.com/a/b"),
    "www": ("https://www.example.com/a", "https://example.com/a"),
    "numbered www": ("https://www2.example.com/a", "https://example.com/a"),
    "mobile host, short": ("https://m.example.com/a", "https://example.com/a"),
    "mobile host, long": ("https://mobile.example.com/a", "https://example.com/a"),
    "www and mobile together": ("https://www.m.example.com/a", "https://example.com/a"),
    "AMP host": ("https://amp.example.com/a", "https://example.com/a"),
    "AMP at the end": ("https://example.com/a/amp", "https://example.com/a"),
    "AMP at the end, with a slash": ("https://example.com/a/amp/", "https://example.com/a"),
    "AMP at the start": ("https://example.com/amp/a", "https://example.com/a"),
    "AMP in the file name": ("https://example.com/a.amp.html", "https://example.com/a.html"),
    "AMP as a parameter": ("https://example.com/a?amp=1", "https://example.com/a"),
    "AMP as a bare parameter": ("https://example.com/a?id=3&amp", "https://example.com/a?id=3"),
    "AMP as an output type": ("https://example.com/a?outputType=amp", "https://example.com/a"),
    "Google's AMP viewer": ("https://www.google.com/amp/s/www.example.com/a/amp", "https://example.com/a"),
    "Google's AMP cache": (
        "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a?usqp=1",
        "https://example.com/a",
    ),
    "print at the end": ("https://example.com/a/print/", "https://example.com/a"),
    "print as a parameter": ("https://example.com/a?print=1", "https://example.com/a"),
    "trailing slash": ("https://example.com/a/", "https://example.com/a"),
    "doubled slash": ("https://example.com//a", "https://example.com/a"),
    "root with and without slash": ("https://example.com", "https://example.com/"),
    "index page": ("https://example.com/a/index.html", "https://example.com/a/"),
    "index page with a parameter": ("https://example.com/index.php?id=7", "https://example.com/?id=7"),
    "default port": ("http://example.com:80/a", "https://example.com:443/a"),
    "user name": ("https://reader:secret@example.com/a", "https://example.com/a"),
    "letter case of the host": ("HTTPS://Example.COM/a", "https://example.com/a"),
    "dot at the end of the host": ("https://example.com./a", "https://example.com/a"),
    "IDN and punycode": ("https://müller.example/a", "https://xn--mller-kva.example/a"),
    "IDN in Cyrillic, capitals": ("https://ПРИМЕР.РФ/a", "https://xn--e1afmkfd.xn--p1ai/a"),
    "dot segments": ("https://example.com/x/../a/./b", "https://example.com/a/b"),
    "encoded dot segments": ("https://example.com/x/%2e%2e/a", "https://example.com/a"),
    "escapes in small letters": ("https://example.com/%d1%82", "https://example.com/%D1%82"),
    "letters as they are and escaped": ("https://example.com/haber/bakü", "https://example.com/haber/bak%C3%BC"),
    "needless escapes": ("https://example.com/%7Euser/%61", "https://example.com/~user/a"),
    "plus and space": ("https://example.com/s?q=a+b", "https://example.com/s?q=a%20b"),
    "backslashes": ("https:\\\\example.com\\a", "https://example.com/a"),
    "white space around": ("  https://example.com/a\n", "https://example.com/a"),
    "fragment": ("https://example.com/a#comments", "https://example.com/a"),
    "text fragment": ("https://example.com/a#:~:text=protocol", "https://example.com/a"),
    "session id in the path": ("https://example.com/a;jsessionid=0A1B2C3D", "https://example.com/a"),
    "session id of ASP.NET": ("https://example.com/(S(lit3py55t21z5v55vlm25s55))/a", "https://example.com/a"),
    "session id of PHP": ("https://example.com/a?id=1&PHPSESSID=f00", "https://example.com/a?id=1"),
    "sid that is clearly a session": (
        "https://example.com/a?sid=0123456789abcdef0123456789abcdef",
        "https://example.com/a",
    ),
    "order of parameters": ("https://example.com/a?x=1&id=2", "https://example.com/a?id=2&x=1"),
    "empty query": ("https://example.com/a?", "https://example.com/a"),
    "idle ampersands": ("https://example.com/a?&id=1&&", "https://example.com/a?id=1"),
    "trackers in capitals": ("https://example.com/a?UTM_Source=x", "https://example.com/a"),
    "Deutsche Welle's feed": ("https://example.com/a?maca=en-rss-en-all-1573-xml-mrss", "https://example.com/a"),
    "came from a feed": ("https://example.com/a?ref=rss", "https://example.com/a"),
    "Blogger's mobile page": ("https://example.com/2025/03/a.html?m=1", "https://example.com/2025/03/a.html"),
}
STRANGERS = {
    "id": ("https://example.com/a?id=1", "https://example.com/a?id=2"),
    "id and none": ("https://example.com/a?id=1", "https://example.com/a"),
    "ref that is no sender": ("https://example.com/a?ref=1", "https://example.com/a?ref=2"),
    "sid that counts stories": ("https://example.com/a?sid=101", "https://example.com/a?sid=102"),
    "bare parameter": ("https://example.com/?123", "https://example.com/?124"),
    "letter case of the path": ("https://example.com/A", "https://example.com/a"),
    "other port": ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"),
    "subdomain": ("https://sport.example.com/a", "https://example.com/a"),
    "language host": ("https://az.example.com/a", "https://example.com/a"),
    "route in the fragment": ("https://example.com/#!/a", "https://example.com/#!/b"),
    "escaped slash": ("https://example.com/a%2Fb", "https://example.com/a/b"),
    "repeated names in another order": ("https://example.com/a?t=1&t=2", "https://example.com/a?t=2&t=1"),
    "m that is a number": ("https://example.com/show?m=1", "https://example.com/show?m=0"),
    "words that begin like print and amp": ("https://example.com/amplitude/printer", "https://example.com/litude/er"),
    "a host that only begins with m": ("https://media.example.com/a", "https://example.com/a"),
    "a whole host named like an aside": ("https://m.az/a", "https://az/a"),
}

hosts = st.sampled_from(
    ["example.com", "www.example.com", "m.haber.example.tr", "пример.рф", "127.0.0.1:8080", "[::1]"]
)
segments = st.lists(st.text(string.ascii_letters + string.digits + "-_.~üəшع%2/", max_size=12), max_size=4)
names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8)
values = st.text(string.ascii_letters + string.digits + "-_ü+%", max_size=10)
queries = st.lists(st.tuples(names, values), max_size=4)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Any address as a feed may write it."""
    query = "&".join(f"{name}={value}" for name, value in draw(queries))
    path = "/".join(["", *draw(segments)])
    return f"{draw(st.sampled_from(['http', 'https']))}://{draw(hosts)}{path}" + (f"?{query}" if query else "")


@pytest.mark.parametrize(("one", "other"), TWINS.values(), ids=TWINS.keys())
def test_twins_have_one_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), STRANGERS.values(), ids=STRANGERS.keys())
def test_strangers_have_two_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@given(addresses())
def test_key_of_a_key_is_itself(url: str) -> None:
    assert url_key(url_key(url)) == url_key(url)


@given(st.text(string.printable + "üğ\ud800\x00", max_size=60))
def test_key_of_anything_is_stable(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.com/{text}", f"https://example.com/a?{text}#{text}"):
        assert url_key(url_key(url)) == url_key(url)


@given(addresses(), st.sampled_from([*sorted(TRACKERS | SESSIONS), "utm_source", "utm_anything"]), values)
def test_tracker_never_matters(url: str, tracker: str, value: str) -> None:
    joint = "&" if "?" in url else "?"
    assert url_key(f"{url}{joint}{tracker}={quote(value)}") == url_key(url)


TRACKED = st.sampled_from([*sorted(TRACKERS), "utm_source", "UTM_Medium", "utm%5Fcampaign"])


@given(addresses(), st.lists(st.tuples(TRACKED, values), max_size=3), st.sampled_from(["", "#part-2", "#!/a?b=c"]))
def test_only_what_counts_readers_leaves_an_address(url: str, counted: list[tuple[str, str]], fragment: str) -> None:
    bare = without_trackers(url + fragment)
    parts = [f"{name}={quote(value)}" for name, value in counted]
    joint = "&" if "?" in url else "?"
    dressed = url + (joint + "&".join(parts) if parts else "") + fragment
    assert without_trackers(dressed) == bare
    assert without_trackers(bare) == bare
    assert url_key(bare) == url_key(url + fragment)


@given(st.text(string.printable + "üğ\ud800\x00", max_size=60))
def test_shortened_address_of_anything_is_stable_and_has_the_same_key(text: str) -> None:
    for url in (text, f"https://example.com/{text}", f"https://example.com/a?{text}#{text}"):
        short = without_trackers(url)
        assert without_trackers(short) == short
        assert short == url or len(short) < len(url)


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        ("https://a.example/x?utm_source=rss", "https://a.example/x"),
        ("https://a.example/x?b=2&utm_source=rss&a=1&fbclid=9", "https://a.example/x?b=2&a=1"),
        ("https://a.example/x?FBCLID=9#top", "https://a.example/x#top"),
        ("https://a.example/x#xtor=RSS-1", "https://a.example/x"),
        ("https://a.example/x#utm_source=rss&utm_medium=feed", "https://a.example/x"),
    ],
)
def test_address_is_shown_without_what_counts_readers(listed: str, kept: str) -> None:
    assert without_trackers(listed) == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://WWW.A.example:80/x//y/?Id=%7e&b=&&c#frag",
        "https://a.example/x?ref=rss&amp=1&sid=0123456789abcdef0123456789abcdef",
        "https://a.example/x?next=https://b.example/?utm_source=rss",
        "https://a.example/x?eid=1&cid=2&uid=3&newsid=4&source=rss",
        "https://a.example/utm_source=rss",
        "https://a.example/x#maca",
        "https://a.example/x#!/utm_source=rss",
        "https://a.example/x?",
    ],
)
def test_address_without_what_counts_readers_is_left_as_it_is(url: str) -> None:
    assert without_trackers(url) is url


@given(
    addresses(),
    st.sampled_from(["id", "eid", "cid", "uid", "newsid", "p", "keyword", "article"]),
    st.integers(0),
    st.integers(0),
)
def test_parameter_that_names_the_article_always_matters(url: str, name: str, one: int, other: int) -> None:
    joint = "&" if "?" in url else "?"
    same = url_key(f"{url}{joint}{name}={one}") == url_key(f"{url}{joint}{name}={other}")
    assert same == (one == other)


@given(addresses())
def test_order_of_parameters_never_matters(url: str) -> None:
    head, _, query = url.partition("?")
    parts = query.split("&")
    names_of = [part.partition("=")[0] for part in parts]
    if len(set(names_of)) == len(names_of):
        assert url_key(f"{head}?{'&'.join(reversed(parts))}") == url_key(url)


BELIEVED = {
    "itself": (ARTICLE, ARTICLE),
    "itself without trackers": (f"{ARTICLE}?utm_source=rss", ARTICLE),
    "itself with www": (ARTICLE, ARTICLE.replace("example", "www.example")),
    "from number to slug": ("https://example.com/?p=48213", ARTICLE),
    "another section": (ARTICLE, "https://example.com/world/ministers-sign-protocol-48213"),
    "another host of the site": (ARTICLE, "https://news.example.com/ministers-sign-protocol-48213"),
    "second page to the first": (f"{ARTICLE}/2", ARTICLE),
    "gallery to its article": (f"{ARTICLE}/gallery", ARTICLE),
    "slug without an unknown parameter": (f"{ARTICLE}?chapter=x", ARTICLE),
    "second domain of the same name": ("https://example.co.uk/news/a-b-c-d", "https://www.example.com/news/a-b-c-d"),
    "plain page to plain page": ("https://example.com/about", "https://example.com/contact"),
}
REFUSED = {
    "front page": (ARTICLE, "https://example.com/"),
    "front page of a language": (ARTICLE, "https://example.com/az"),
    "front page with a file name": (ARTICLE, "https://example.com/home.html"),
    "error page": (ARTICLE, "https://example.com/404"),
    "login page": (ARTICLE, "https://example.com/en/login"),
    "section above": (ARTICLE, "https://example.com/news/2025"),
    "section elsewhere": (ARTICLE, "https://example.com/politics"),
    "another host's root": (ARTICLE, "https://other.example.org/"),
    "another publisher": (ARTICLE, "https://wire.org/2025/ministers-sign-protocol-77"),
    "another publisher, same path": (ARTICLE, ARTICLE.replace("example.com", "wire.org")),
    "another address of loopback": ("http://127.0.0.1:81/a/b-1234", "http://127.0.0.2:81/a/b-1234"),
    "lost its number": ("https://example.com/article.php?id=5", "https://example.com/article.php"),
    "no address": (ARTICLE, ""),
    "a script": (ARTICLE, "javascript:void(0)"),
    "a bare path": (ARTICLE, "/news/2025/03/ministers-sign-protocol-48213"),
    "an article that names no page": ("mailto:editor@example.com", ARTICLE),
}


@pytest.mark.parametrize(("url", "canonical"), BELIEVED.values(), ids=BELIEVED.keys())
def test_canonical_is_believed(url: str, canonical: str) -> None:
    assert canonical_ok(url, canonical)


@pytest.mark.parametrize(("url", "canonical"), REFUSED.values(), ids=REFUSED.keys())
def test_canonical_is_refused(url: str, canonical: str) -> None:
    assert not canonical_ok(url, canonical)


@given(addresses(), addresses())
def test_front_page_is_never_believed_of_another_page(url: str, other: str) -> None:
    root = "/".join(url_key(other).split("/")[:3])
    assert not canonical_ok(url, root) or url_key(url) == url_key(root)
