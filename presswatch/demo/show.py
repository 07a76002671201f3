"""The demonstration: a newsroom on loopback, the real program, a real mail server, and promises that are checked."""

import asyncio
import time
from email.message import EmailMessage
from pathlib import Path

from presswatch.cli.output import progress
from presswatch.demo.evidence import Evidence, gather
from presswatch.demo.newsroom.content import pieces
from presswatch.demo.promises import broken
from presswatch.demo.screen import Screen
from presswatch.demo.stage import Stage, set_stage
from presswatch.logs import configure
from presswatch.once import Ask, crawl_once

_NEXT = (
    ("presswatch init", "writes a configuration: real sources, the topic, the lists"),
    ("presswatch crawl", "reads them once and sends what is owed"),
    ("presswatch run", "goes on doing so"),
)


def run_demo(*, keep: Path | None = None, screen: Screen | None = None) -> int:
    """Play the show; 0 where every promise held, else 1 and a sentence for each that did not.

    `keep`: an empty or new folder in which configuration and database stay; None: nothing stays.
    """
    screen = screen or Screen()
    configure("error", "auto")
    started = time.monotonic()
    with set_stage(keep) as stage:
        first, second = play(stage, screen)
    return _close(screen, broken(first, second), keep=keep, seconds=time.monotonic() - started)


def play(stage: Stage, screen: Screen) -> tuple[Evidence, Evidence]:
    """Both rounds, shown as they happen."""
    screen.title("presswatch, demonstrated")
    screen.say(_OPENING)
    first = _round(stage)
    _show_first(screen, first)
    stage.newsroom.advance()
    second = _round(stage)
    _show_second(screen, first, second)
    return first, second


_OPENING = (
    "Eight invented outlets with their articles in five languages are served on this machine, as RSS, Atom, RDF, JSON "
    "Feed, a news sitemap and a plain page of links; so are a mail server and a webhook receiver. Everything between "
    "them is the program itself. The topic is the one that is shipped: defence cooperation."
)


def _round(stage: Stage) -> Evidence:
    """One `presswatch crawl --all`."""
    app = stage.open()
    started = time.monotonic()
    with progress("Crawling", None, quiet=False) as bar:
        ask = Ask(everything=True)
        done = asyncio.run(crawl_once(app, ask, on_start=bar.expect, on_report=lambda _report: bar.step()))
    try:
        return gather(stage, app, done, seconds=time.monotonic() - started)
    finally:
        app.database.close()


def _show_first(screen: Screen, seen: Evidence) -> None:
    totals = seen.done.totals
    screen.title("1. What the sources gave")
    screen.sources(seen)
    screen.say(
        f"{totals.new} articles with their full text from {totals.pages} pages in {seen.seconds:.1f} s; each is kept "
        f"once, whatever trackers hang on its address."
    )
    screen.title("2. One story, however many outlets carry it")
    screen.story(seen.main_story())
    screen.title("3. Alerts: the matched words, and why")
    for alert in sorted(seen.alerts, key=lambda alert: -len(alert.story.outlets)):
        screen.alert(alert)
    screen.say("Not alerted, though the words are near:")
    screen.list(_near_misses())
    screen.title("4. What arrived")
    screen.mail(_main_mail(seen))
    screen.say(
        f"{len(seen.mails)} mails, one for each alert. The webhook receiver took {len(seen.messages)} messages, each "
        f"with a signature that it verified; it refused {seen.refused} and saw {seen.repeats} twice."
    )


def _show_second(screen: Screen, before: Evidence, seen: Evidence) -> None:
    screen.title("5. Time moves on: the same sources, asked again")
    screen.sources(seen)
    unchanged = seen.done.totals.unchanged
    screen.say(
        f"{unchanged} sources had nothing new and said so in one short answer (304). Of the others only the "
        f"{seen.done.totals.pages} new pages were fetched, in {seen.seconds:.1f} s."
    )
    screen.say("\nA fifth outlet carries the old story. It joins it, and nobody is told a second time:")
    known = {each.id for each in before.stored}
    screen.story([each for each in seen.main_story() if each.id not in known])
    outlets = len({each.article.source for each in seen.main_story()})
    screen.say(f"The story is now in {outlets} outlets, and its alert says so.\n\nOne story is new, and is told:\n")
    for alert in seen.alerts[len(before.alerts) :]:
        screen.alert(alert)


def _close(screen: Screen, failures: list[str], *, keep: Path | None, seconds: float) -> int:
    if failures:
        screen.title("The demonstration did not keep its promises")
        screen.list(failures)
        return 1
    screen.title("To do this for real")
    for command, says in _NEXT:
        screen.say(f"  {command:<18} {says}")
    if keep is not None:
        screen.say(f"\nConfiguration and database of this show are kept in {keep}.")
    screen.say(f"\nEvery promise above was checked. {seconds:.0f} seconds in all.")
    return 0


def _near_misses() -> list[str]:
    """Headlines that a search for single words would have brought."""
    ids = (
        "meridian-defence-lawyers-ask-for-time",
        "pontic-goalkeeper-saves-three-penalties",
        "absheron-farm-cooperation",
        "meridian-georgia-votes-on-peaches",
        "xezer-sosial-mudafie-fondu",
    )
    titles = {piece.id: piece.title for piece in pieces()}
    return [titles[each] for each in ids]


def _main_mail(seen: Evidence) -> EmailMessage:
    """The mail that tells of the story that most outlets carry."""
    widest = max(seen.alerts, key=lambda alert: len(alert.story.outlets))
    return next(mail for mail in seen.mails if widest.article.title in str(mail["Subject"]))
