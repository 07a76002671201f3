"""The message: what an analyst wants to read, whatever the press put into it."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError, TemplateError

from alerts.message import LIMIT, MOST, template, write, write_digest
from alerts.passages import beginning, passages
from alerts.plain import clean, link, one_line
from news.article import Article
from news.topic import Place, Tier
from tests.alerts.factories import NOON, TEXT, about, alert, article, delivery, match, places, story


class Elements(HTMLParser):
    """What a mail client finds in a page: tags with attributes, and the text outside of style sheets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


TAGS = {"html", "head", "meta", "title", "body", "main", "p", "h1", "h2", "a", "mark", "bdi", "blockquote", "code"}
TAGS |= {"ul", "li", "br"}
ATTRIBUTES = {"style", "class", "dir", "href", "rel", "name", "content", "charset"}


def live(page: str) -> list[str]:
    """Everything in a page that could run, load or lead astray; nothing is what we want."""
    found = []
    for tag, attributes in Elements(page).tags:
        found += [] if tag in TAGS else [tag]
        found += attributes.keys() - ATTRIBUTES
        found += [url for url in [attributes.get("href")] if url and urlsplit(url).scheme not in {"http", "https"}]
        found += re.findall(r"url\(|expression|@import|javascript:", attributes.get("style") or "")
    return found


def test_a_message_says_what_where_when_and_why() -> None:
    copies = [
        article(),
        article(url="https://b.example/2", source="Bulletin"),
        article(url="https://c.example/3", source="Courier"),
    ]
    shown = alert(story=story(outlets=("Morning Herald", "Bulletin", "Courier"), articles=3), copies=copies)
    message = write(delivery(alert=shown))
    assert message.subject == "[Defence cooperation] Two ministers sign defence cooperation pact"
    for part in (message.text, Elements(message.html).text):
        for fact in (
            "Morning Herald",
            "English",
            "03 March 2025, 11:00 UTC",
            "03 March 2025, 12:00 UTC",
            '"defence cooperation" in the title',
            "now in 3 outlets: Morning Herald, Bulletin, Courier",
            "presswatch alerts show 17",
            "Defence cooperation",
        ):
            assert fact in part
    assert "signed an agreement on *defence cooperation* that" in message.text
    assert "https://herald.example/a/1" in message.text
    assert "  https://b.example/2" in message.text
    links = [attributes["href"] for tag, attributes in Elements(message.html).tags if tag == "a"]
    assert links == ["https://herald.example/a/1"] * 2 + ["https://b.example/2", "https://c.example/3"]
    assert message.html.count("<mark") == 2


def test_a_message_of_one_outlet_lists_no_copies() -> None:
    assert "outlets" not in write(delivery()).text


def test_the_style_sheet_stands_in_the_elements_and_nothing_is_loaded() -> None:
    page = write(delivery()).html
    assert "<style" not in page
    assert 'style="' in page
    assert live(page) == []
    assert not re.search(r"<(img|link|script|iframe)", page)


def test_a_match_in_the_title_alone_shows_how_the_text_begins() -> None:
    title_only = replace(match(), places=places(article(), "defence cooperation", "title"))
    assert TEXT[:60] in write(delivery(alert=alert(match=title_only))).text


def test_a_loose_match_is_said_to_be_one() -> None:
    loose = replace(match(), places=[replace(place, tier=Tier.LOOSE) for place in match().places])
    assert "loosely" in write(delivery(alert=alert(match=loose))).text
    assert "loosely" not in write(delivery()).text


def test_an_article_of_nothing_but_its_address_makes_a_message() -> None:
    bare = Article(url="https://herald.example/a/1", title="", first_seen_at=NOON)
    message = write(about(bare))
    assert message.subject == "[Defence cooperation] https://herald.example/a/1"
    assert "Published not said" in message.text


def test_text_from_right_to_left_finds_its_own_direction() -> None:
    page = write(about(article(title="التعاون الدفاعي بين البلدين", source="الصحيفة"))).html
    assert '<h1 dir="auto"' in page
    assert "<bdi>الصحيفة</bdi>" in page


XSS = """<script>alert(1)</script>
<ScRiPt SRC=//x.example/x.js></ScRiPt>
"><script>alert(1)</script>
'><img src=x onerror=alert(1)>
<img src=x onerror=alert(1)//
<svg onload=alert(1)>
<svg><script>alert(1)</script></svg>
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
</title><script>alert(1)</script>
</style><script>alert(1)</script>
<style>@import 'http://x.example/x.css';</style>
<link rel=stylesheet href=http://x.example/x.css>
<iframe src=javascript:alert(1)>
<a href="javascript:alert(1)">x</a>
<a href=" &#x6A;avascript:alert(1)">x</a>
<body onload=alert(1)>
<base href=http://x.example/>
<meta http-equiv=refresh content="0;url=http://x.example/">
<form action=http://x.example/><input type=submit>
<object data=x><embed src=x>
<div style="background:url(http://x.example/x)">
<div style="width:expression(alert(1))">
<!--><script>alert(1)</script>-->
<![CDATA[<script>alert(1)</script>]]>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
&lt;script&gt;alert(1)&lt;/script&gt;
\x00<script>alert(1)</script>
<\x00script>alert(1)</script>
<details open ontoggle=alert(1)>
" onmouseover="alert(1)
' onmouseover='alert(1)
`onmouseover=alert(1)
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
＜script＞alert(1)＜/script＞""".splitlines()

LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
    "http://x.example/\njavascript:alert(1)",
]
LINKS += [
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//x.example/",
    "/x",
    "",
    "http://",
]
LINKS += [
    'https://x.example/"onmouseover=alert(1)',
    "https://x.example/'><script>",
    "http://[",
    "https:x.example",
    "x" * 3000,
]


@pytest.mark.parametrize("vector", XSS)
def test_what_would_run_in_a_page_is_text_in_a_message(vector: str) -> None:
    hostile = article(title=vector, text=f"{vector} defence {vector}", source=vector, lang=vector[:9], note=vector)
    found = replace(
        match(hostile), why=vector, places=[Place(zone="text", start=0, end=len(vector) + 9, clause=vector)]
    )
    shown = alert(
        article=hostile,
        match=found,
        topic_title=vector,
        copies=[hostile, replace(hostile, url="https://b.example/")],
        story=story(outlets=(vector, "B"), title=vector),
        decision=replace(alert().decision, reason=vector),
    )
    assert live(write(delivery(alert=shown)).html) == []


@pytest.mark.parametrize("url", LINKS)
def test_a_link_that_leads_elsewhere_than_to_the_web_is_no_link(url: str) -> None:
    shown = alert(
        article=article(url=url),
        copies=[article(url="https://a.example/"), article(url=url)],
        story=story(outlets=("A", "B")),
    )
    message = write(delivery(alert=shown))
    assert live(message.html) == []
    assert link(url) in {"", url}
    assert not link(url) or urlsplit(url).scheme in {"http", "https"}


SSTI = """{{7*7}}
{{ 7 * '7' }}
{{config}}
{{self}}
{{ self._TemplateReference__context }}
{{ ''.__class__.__mro__[1].__subclasses__() }}
{{ [].__class__.__base__.__subclasses__() }}
{{ cycler.__init__.__globals__.os.popen('id').read() }}
{{ joiner.__init__.__globals__ }}
{{ namespace.__init__.__globals__.os.popen('id').read() }}
{{ lipsum.__globals__['os'].popen('id').read() }}
{{ request.application.__globals__ }}
{{ url_for.__globals__ }}
{{ get_flashed_messages.__globals__ }}
{{ ''|attr('__class__') }}
{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f')|attr('mro') }}
{{ ()|attr('__cl'+'ass__') }}
{{ ''['__class__'] }}
{{ (1).__class__.__base__ }}
{{ title.format.__self__ }}
{{ '{0.__class__.__init__.__globals__}'.format(title) }}
{{ '%s'|format(title.__class__) }}
{{ title.__init__.__func__ }}
{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}
{% include '/etc/passwd' %}
{% import 'os' as os %}{{ os }}
{% set x = [].append(1) %}{{ x.__class__ }}
{{ copies.append(1) }}
{% raw %}{{ 7*7 }}{% endraw %}
${7*7}
#{7*7}
<%= 7*7 %>
{{ range(999999999)|list }}
{# comment #}{{ 1 }}""".splitlines()


@pytest.mark.parametrize("payload", SSTI)
def test_a_title_is_never_read_as_atemplate(payload: str) -> None:
    message = write(about(article(title=payload, text=f"{payload} defence")))
    assert one_line(payload) in message.subject
    assert one_line(payload) in message.text
    assert one_line(payload) in re.sub(r"\s+", " ", Elements(message.html).text)
    assert "49" not in message.text


DANGEROUS = [
    payload for payload in SSTI if "__" in payload or "include" in payload or "append" in payload or "range" in payload
]


@pytest.mark.parametrize("payload", DANGEROUS)
def test_atemplate_reaches_nothing_beyond_its_values(payload: str) -> None:
    """What names an internal is refused, or is undefined, or shows nothing but itself."""
    environment = template("alert.html.j2").environment
    try:
        shown = environment.from_string(payload).render(title="t", copies=())
    except (TemplateError, SecurityError, OverflowError, AttributeError):
        return
    assert "uid=" not in shown
    assert "class" not in shown
    assert "builtin" not in shown


def test_pages_are_escaped_by_default() -> None:
    environment = template("alert.html.j2").environment
    assert environment.autoescape is True
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_a_message_stays_below_its_limit_however_much_the_press_wrote() -> None:
    flood = "\U0001f600" * 30_000
    big = article(title=flood, text=flood, source=flood, note=flood, url="https://x.example/" + "é" * 2000)
    found = [Place(zone="text", start=n * 600, end=n * 600 + 550, clause=flood) for n in range(40)]
    copies = [replace(big, url=f"https://x.example/{n}{'&' * 2020}") for n in range(20)]
    shown = alert(
        article=big,
        match=replace(match(), why=flood, places=found),
        copies=copies,
        topic_title=flood,
        topic=flood,
        story=story(outlets=tuple(f"{n}{flood}" for n in range(99)), title=flood),
        decision=replace(alert().decision, reason=flood),
    )
    message = write(delivery(alert=shown))
    assert len(message.text.encode()) <= LIMIT
    assert len(message.html.encode()) <= LIMIT
    assert "now in 99 outlets" in message.html


def test_passages_that_overlap_become_one_and_the_first_three_are_shown() -> None:
    text = " ".join(f"word{n}" for n in range(2000))
    starts = [text.index(f" word{n} ") + 1 for n in (10, 12, 500, 900, 1400)]
    found = [Place(zone="text", start=start, end=start + 6, clause="w") for start in starts]
    shown = passages(text, found)
    assert len(shown) == 3
    assert [run.text for run in shown[0] if run.hit] == ["word10", "word12"]
    assert shown[1][0].text == "… "
    assert shown[1][-1].text.endswith(" …")


@given(st.text(), st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300)), max_size=8))
def test_marking_changes_no_letter_of_a_text(text: str, spans: list[tuple[int, int]]) -> None:
    found = [Place(zone="text", start=start, end=end, clause="x") for start, end in spans]
    for passage in (*passages(text, found), *beginning(text)):
        shown = "".join(run.text for run in passage).removeprefix("… ").removesuffix(" …")
        assert shown in clean(text)


@example("0\x85\x1b\r0")
@given(st.text(alphabet=st.characters(), max_size=300))
def test_plain_text_is_one_line_that_every_encoding_takes(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() in ([], [line])
    assert line.encode().decode() == line
    assert one_line(line) == line
    assert len(line) <= 300
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(), max_size=200), st.text(alphabet=st.characters(), max_size=400))
def test_any_title_and_text_make_a_message_in_which_nothing_runs(title: str, text: str) -> None:
    message = write(about(article(title=title, text=text, source=title, published_at=NOON - timedelta(days=9))))
    assert live(message.html) == []
    assert message.subject.encode()
    assert message.text.encode()


def test_a_place_as_long_as_the_text_makes_no_passage_as_long() -> None:
    text = "word " * 1000
    (shown,) = passages(text, [Place(zone="text", start=0, end=len(text), clause="w")])
    assert sum(len(run.text) for run in shown) <= 910
    assert shown[-1].text == " …"


def test_a_digest_lists_every_story_under_its_topic_with_headline_outlet_link_and_reason() -> None:
    pact = delivery(id="d-1", bundle="digest-1")
    drone = article(title="Drones for the navy", url="https://b.example/2", source="Bulletin")
    other = delivery(
        id="d-2",
        bundle="digest-1",
        alert=alert(id=18, topic_title="Drones", article=drone, story=story(outlets=("Bulletin", "Courier"))),
    )
    message = write_digest([pact, other])
    assert message.subject == "2 new stories: Defence cooperation (1), Drones (1)"
    for part in (message.text, Elements(message.html).text):
        for said in ("Two ministers sign", "Morning Herald", "Drones for the navy", "Bulletin", "now in 2 outlets"):
            assert said in part
        assert '"defence cooperation" in the title' in part
        assert "delivery d-1" in part
        assert "delivery d-2" in part
        assert part.index("Defence cooperation") < part.index("Two ministers") < part.index("Drones (1)")
    links = {attributes.get("href") for tag, attributes in Elements(message.html).tags if tag == "a"}
    assert links == {"https://herald.example/a/1", "https://b.example/2"}
    assert "https://b.example/2" in message.text
    assert write_digest([pact, pact]).subject == "[Defence cooperation] 2 new stories"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_nothing_in_a_digest_runs_or_loads_whatever_the_press_writes(title: str, outlet: str) -> None:
    of = alert(article=article(title=title, source=outlet, url=f"javascript:{title}"), topic_title=outlet)
    message = write_digest([delivery(alert=of), delivery(alert=of)])
    assert live(message.html) == []
    assert "\n" not in message.subject


def test_a_full_digest_is_no_larger_than_mail_clients_show() -> None:
    message = write_digest([delivery(id=f"{n:032}", bundle="digest-1") for n in range(MOST)])
    assert len(message.html.encode()) < 100_000
    assert len(message.text.encode()) < LIMIT
