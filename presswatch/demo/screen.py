"""How the show is told: tables and passages on a page of eighty columns, with or without colour."""

from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from textwrap import shorten

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from alerts.passages import Passage, marked, passages
from news.alert import Alert
from news.article import Stored
from news.story import Joined
from presswatch.demo.evidence import Evidence
from presswatch.demo.newsroom.content import Form, outlets

FORMS = {
    Form.RSS: "RSS",
    Form.ATOM: "Atom",
    Form.RDF: "RDF",
    Form.JSON: "JSON Feed",
    Form.NEWS_SITEMAP: "news sitemap",
    Form.SECTION: "no feed: a page",
}
WIDTH = 80
LONGEST_PASSAGE = 240  # characters: three lines


class Screen:
    """Standard output, as the show writes it."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._console.width = min(self._console.width, WIDTH) if self._console.is_terminal else WIDTH

    def title(self, text: str) -> None:
        """Begin a part."""
        self._console.print()
        self._console.rule(Text(text, style="bold"), align="left", characters="─")

    def say(self, text: str) -> None:
        """A sentence or two."""
        self._console.print(Text(text))

    def sources(self, evidence: Evidence) -> None:
        """A row for each source: how it was read and what it gave."""
        table = Table(box=None, pad_edge=False, padding=(0, 1))
        for header in ("Outlet", "read as", "lang"):
            table.add_column(header, no_wrap=True)
        for header in ("answer", "items", "new", "copies", "alerts"):
            table.add_column(header, justify="right", no_wrap=True)
        reports = {report.source: report for report in evidence.done.reports}
        for outlet in outlets():
            fetch, kept = reports[outlet.name].fetch, reports[outlet.name].kept
            figures = [str(figure or "·") for figure in (fetch.items, kept.new, kept.copies, kept.alerts)]
            answer = Text(str(fetch.status or fetch.reason), style="red" if reports[outlet.name].failed else "green")
            table.add_row(Text(outlet.name, style="bold"), FORMS[outlet.form], outlet.lang, answer, *figures)
        self._console.print(Padding(table, (1, 0), expand=False))

    def story(self, story: Sequence[Stored]) -> None:
        """The articles of a story, and why each stands in it."""
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2))
        for _ in range(2):
            table.add_column(overflow="fold")
        for each in story:
            table.add_row(Text(each.article.source, style="bold"), why_joined(each.joined))
            table.add_row("", Text(each.article.title, style="dim"))
        self._console.print(Padding(table, (1, 0, 1, 2), expand=False))

    def alert(self, alert: Alert) -> None:
        """Headline and first passage with the matched words marked, and why."""
        article, places = alert.article, alert.match.places
        head = self._marked(marked(article.title, places, zone="title"))
        head.stylize("bold")
        lines = [Text(f"{article.source} ({article.lang}), {_carried(alert)}", style="dim"), head]
        lines += [_cut(self._marked(passage)) for passage in passages(article.text, places, around=90, most=1)]
        lines.append(Text(f"why: {why_short(alert.match.why)}", style="italic"))
        self._console.print(Padding(Group(*lines), (0, 0, 1, 2), expand=False))

    def mail(self, mail: EmailMessage) -> None:
        """A mail as it arrived: its headers of interest and its text part."""
        body = mail.get_body(("plain",))
        text = str(body.get_content()).strip() if body else ""
        names = ("From", "To", "Subject", "Message-ID", "List-Id")
        headers = "\n".join(f"{name}: {mail[name]}" for name in names if mail[name])
        self._console.print(Panel(Text(f"{headers}\n\n{text}"), box=box.ROUNDED))

    def list(self, lines: Iterable[str]) -> None:
        """Lines, each with a dot."""
        for line in lines:
            self._console.print(Padding(Text(f"· {line}"), (0, 0, 0, 2), expand=False))

    @property
    def is_plain(self) -> bool:
        """True where nobody sees colour: marks are letters then."""
        return not self._console.is_terminal or self._console.no_color

    def _marked(self, passage: Passage) -> Text:
        text = Text()
        for run in passage:
            if not run.hit:
                text.append(run.text)
            elif self.is_plain:
                text.append(f"*{run.text}*")
            else:
                text.append(run.text, style="black on yellow")
        return text


def why_joined(joined: Joined | None) -> str:
    """Why an article stands in its story, in plain words."""
    if joined is None or joined.layer == "first":
        return "came first"
    if joined.layer == "body":
        return "word for word the same"
    return f"a near copy: {joined.figure:.0%} of the shorter text’s word pairs are shared"


def why_short(why: str, limit: int = 220) -> str:
    """The reasons, as many as fit, and the points that they came to."""
    reasons, _, points = why.rpartition("; ")
    if not reasons:
        return shorten(why, limit, placeholder=" …")
    return f"{shorten(reasons, limit - len(points) - 2, placeholder=' …')}; {points}"


def _cut(text: Text) -> Text:
    """The beginning of a passage, ended at a word."""
    if len(text) <= LONGEST_PASSAGE:
        return text
    return text[: text.plain.rfind(" ", 0, LONGEST_PASSAGE)] + Text(" …")


def _carried(alert: Alert) -> str:
    count = len(alert.story.outlets)
    return "in one outlet" if count == 1 else f"now in {count} outlets"
