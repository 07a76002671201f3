"""The flow of one source: what is kept, what is said, what is asked again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from news.article import Item, Listing, Page, TextFrom
from news.errors import CrawlError, LeaseLostError
from news.fetch import Outcome, Reason
from news.source import Gap, Lease, Source, Validators
from scheduler.cadence import Rhythm
from scheduler.looking import Looker
from scheduler.pipeline import Pipeline
from scheduler.report import Report, total
from tests.scheduler.fakes import (
    NOW,
    FakeCrawler,
    FakeStore,
    StillClock,
    failure,
    here,
    items,
    lease,
    listing,
    writer,
)


def run(crawler: FakeCrawler, store: FakeStore, held: Lease | None = None, *, max_pages: int = 200) -> Report:
    clock = StillClock()

    async def flow() -> Report:
        pipeline = Pipeline(
            gather=crawler,
            archive=store,
            looker=Looker(archive=store, run=here),
            writer=writer(store),
            clock=clock,
            chance=lambda: 0.5,
            run=here,
            rhythm=Rhythm(),
            paces=tuple,
            max_pages=max_pages,
        )
        return await pipeline.source(held or lease())

    return asyncio.run(flow())


def test_new_items_are_kept_with_the_text_of_their_pages() -> None:
    store = FakeStore()
    report = run(FakeCrawler(listing(items(45))), store)
    assert report.kept.new == report.pages == 45
    assert {article.text_from for article in store.kept.values()} == {TextFrom.PAGE}
    (_, settlement) = store.settled[0]
    assert settlement.validators is not None
    assert settlement.validators.etag == '"new"'
    assert settlement.fetch.new == 45


def test_unchanged_source_asks_for_no_page_and_settles() -> None:
    store = FakeStore()
    crawler = FakeCrawler(listing([], outcome=Outcome.UNCHANGED))
    run(crawler, store)
    assert len(crawler.asked) == 1
    assert store.settled[0][1].due_at > NOW


def test_known_items_are_never_fetched_again() -> None:
    store = FakeStore()
    run(FakeCrawler(listing(items(3))), store)
    again = FakeCrawler(listing(items(4)))
    report = run(again, store)
    assert again.asked[1:] == ["https://s.example/3"]
    assert report.kept.new == 1


def test_source_without_full_text_asks_for_no_page() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    held = lease()
    feed_only = Lease(
        source_id=1, source=type(held.source)(name="s", url="https://s", full_text=False), owner="me", until=NOW
    )
    assert run(crawler, store, feed_only).kept.new == 3
    assert crawler.asked == ["https://s"]


def test_page_that_cannot_be_had_leaves_the_summary_and_says_so() -> None:
    store = FakeStore()
    report = run(FakeCrawler(listing(items(2)), {"https://s.example/1": failure()}), store)
    article = store.kept["https://s.example/1"]
    assert article.text_from is TextFrom.SUMMARY
    assert "timeout" in article.note
    assert report.unread == ("timeout",)
    assert "1 page not read: timeout" in report.fetch.detail


def test_item_with_no_text_and_no_page_yet_is_asked_again_and_validators_wait() -> None:
    store = FakeStore()
    report = run(FakeCrawler(listing(items(2, summary="")), {"https://s.example/1": failure()}), store)
    assert list(store.kept) == ["https://s.example/0"]
    assert report.missed == 1
    assert store.settled[0][1].validators is None


def test_page_that_will_never_come_is_kept_by_its_title() -> None:
    store = FakeStore()
    run(FakeCrawler(listing(items(1, summary="")), {"https://s.example/0": failure(Reason.ROBOTS)}), store)
    assert "robots" in store.kept["https://s.example/0"].note
    assert store.settled[0][1].validators is not None


def test_page_behind_a_check_for_robots_is_kept_by_its_title() -> None:
    store = FakeStore()
    report = run(
        FakeCrawler(listing(items(1, summary="")), {"https://s.example/0": failure(Reason.ROBOT_CHECK)}), store
    )
    assert "robot_check" in store.kept["https://s.example/0"].note
    assert (report.missed, report.unread) == (0, ("robot_check",))


def test_page_limit_leaves_the_rest_for_a_run_at_once() -> None:
    store = FakeStore()
    report = run(FakeCrawler(listing(items(30))), store, max_pages=10)
    assert (report.kept.new, report.left) == (10, 20)
    assert store.settled[0][1].validators is None
    assert store.settled[0][1].due_at == NOW
    assert not store.settled[0][1].complete


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (failure(), timedelta(minutes=15)),
        (failure(Reason.RATE_LIMITED, retry_after=timedelta(hours=3)), timedelta(hours=3)),
        (failure(Reason.RATE_LIMITED, retry_after=timedelta(hours=88)), timedelta(hours=24)),
        (failure(Reason.GONE), timedelta(days=7)),
    ],
    ids=["back-off", "Retry-After", "absurd Retry-After is capped", "gone: looked at weekly"],
)
def test_failure_is_an_outcome_with_a_next_time(error: CrawlError, wait: timedelta) -> None:
    store = FakeStore()
    report = run(FakeCrawler(error), store)
    assert report.failed
    (_, settlement) = store.settled[0]
    assert settlement.due_at == NOW + wait
    assert settlement.failures == 1
    assert settlement.validators is None


def test_a_source_that_answers_again_says_so() -> None:
    store = FakeStore()
    assert run(FakeCrawler(), store, replace(lease(), failures=5)).fetch.detail == "answers again after 5 failures"
    assert store.settled[0][1].fetch.detail == "answers again after 5 failures"
    assert store.settled[0][1].failures == 0


def test_first_look_says_nothing_of_the_pace() -> None:
    store = FakeStore()
    run(FakeCrawler(listing(items(9))), store, lease(first_look=True))
    assert store.settled[0][1].interval == timedelta(minutes=15)


def test_a_bug_in_a_run_is_a_failure_that_backs_off() -> None:
    class Broken(FakeCrawler):
        async def page(self, url: str, source: Source, /) -> Page:
            raise ZeroDivisionError

    store = FakeStore()
    report = run(Broken(listing(items(3))), store)
    assert (report.failed, report.fetch.reason) == (True, "crash")
    assert store.settled[0][1].failures == 1
    assert store.settled[0][1].due_at > NOW


def test_lost_lease_writes_nothing() -> None:
    store = FakeStore(lost={1})
    with pytest.raises(LeaseLostError):
        run(FakeCrawler(listing(items(2))), store)
    assert not store.kept


def watched(listed: int = 3) -> Lease:
    """A source that was read three hours ago."""
    return replace(lease(), listed=listed, last_success_at=NOW - timedelta(hours=3), interval=timedelta(hours=2))


def test_a_list_that_moved_past_us_is_said_and_asked_again_soon() -> None:
    store = FakeStore()
    report = run(FakeCrawler(listing(items(3))), store, watched())
    (_, settlement) = store.settled[0]
    assert report.fetch.gap
    assert settlement.fetch.gap
    assert "none of its 3 items was known, it moved on since 2026-05-01 09:00 UTC" in settlement.fetch.detail
    assert (settlement.interval, settlement.listed) == (Rhythm().shortest, 3)
    assert total([report]).gaps == 1


def test_an_operators_interval_stands_in_spite_of_a_gap() -> None:
    store, hourly = FakeStore(), watched()
    hourly = replace(hourly, source=replace(hourly.source, interval=timedelta(hours=1)))
    assert run(FakeCrawler(listing(items(3))), store, hourly).fetch.gap
    assert store.settled[0][1].interval == timedelta(hours=1)


def test_a_list_of_which_nothing_could_be_kept_is_nothing_to_compare_with() -> None:
    store = FakeStore()
    unread = {each.url: failure() for each in items(3)}
    run(FakeCrawler(listing(items(3, summary="")), unread), store, watched())
    assert store.settled[0][1].listed == 0
    run(FakeCrawler(listing([], outcome=Outcome.UNCHANGED)), store, watched())
    assert store.settled[1][1].listed is None


def published(*addresses: str, hours_ago: float = 1) -> list[Item]:
    """What a site's sitemap names, without titles."""
    return [Item(url=address, published_at=NOW - timedelta(hours=hours_ago)) for address in addresses]


def test_what_fell_into_a_gap_is_found_in_the_sitemap_and_kept_as_news() -> None:
    store = FakeStore()
    crawler = FakeCrawler(listing(items(3)))
    crawler.published = [
        *published("https://s.example/1", "https://s.example/missed-1", "https://s.example/missed-2"),
        *published("https://t.example/elsewhere"),
        *published("https://s.example/old", hours_ago=9),
    ]
    report = run(crawler, store, watched())
    assert set(store.kept) == {f"https://s.example/{name}" for name in ("0", "1", "2", "missed-1", "missed-2")}
    assert report.kept.new == store.settled[0][1].fetch.new == 5
    assert store.kept["https://s.example/missed-1"].text_from is TextFrom.PAGE
    assert "2 missed articles found in the site's sitemaps" in report.fetch.detail


def test_a_sources_own_news_are_kept_before_its_site_is_asked_what_was_missed() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    crawler.published = published("https://s.example/missed")
    run(crawler, store, watched())
    assert crawler.asked[1:] == [*(each.url for each in items(3)), "history", "https://s.example/missed"]
    assert list(store.kept)[-1] == "https://s.example/missed"
    assert store.gaps == [Gap(since=NOW - timedelta(hours=3))]
    assert store.events == ["gap noted with 0 kept"]  # a crash after that looks for it again
    assert store.settled[0][1].open_gap is None


def test_what_is_missed_is_read_up_to_the_page_limit_and_the_rest_with_the_next_look() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    crawler.published = published(*(f"https://s.example/missed-{number}" for number in range(9)))
    report = run(crawler, store, watched(), max_pages=5)
    assert (report.kept.new, report.left) == (5, 0)
    assert "2 missed articles found in the site's sitemaps, 7 more are over the page limit" in report.fetch.detail
    for left in (2, 0):
        opened = store.settled[-1][1].open_gap
        assert opened
        held = replace(watched(), open_gap=opened)
        assert run(crawler, store, held, max_pages=5).kept.new == opened.left - left
    assert store.settled[-1][1].open_gap is None
    assert len(store.kept) == 12


def test_missed_articles_whose_pages_fail_for_now_are_asked_for_again_and_counted() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    crawler.published = published("https://s.example/missed-1", "https://s.example/missed-2")
    crawler.pages["https://s.example/missed-2"] = failure(Reason.HTTP_5XX)
    report = run(crawler, store, watched())
    (_, settlement) = store.settled[0]
    assert settlement.open_gap == Gap(since=NOW - timedelta(hours=3), left=1, tries=1)
    assert (report.kept.new, report.missed, settlement.validators) == (4, 0, listing([]).validators)
    assert "1 page not read: http_5xx" in report.fetch.detail
    assert "1 missed article left for the next run" in report.fetch.detail
    crawler.pages.clear()
    held = replace(watched(), open_gap=settlement.open_gap)
    assert run(crawler, store, held).kept.new == 1
    assert crawler.conditions[-1] == Validators()  # the list itself is wanted, to know its site's articles by
    assert store.settled[1][1].open_gap is None


def test_the_third_try_keeps_the_title_of_a_missed_article_whose_page_cannot_be_had() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    crawler.published = [replace(published("https://s.example/missed")[0], title="A missed title")]
    crawler.pages["https://s.example/missed"] = failure(Reason.TIMEOUT)
    held = watched()
    for tries in (1, 2):
        run(crawler, store, held)
        opened = store.settled[-1][1].open_gap
        assert opened == Gap(since=NOW - timedelta(hours=3), left=1, tries=tries)
        held = replace(watched(), open_gap=opened)
    run(crawler, store, held)
    assert store.settled[-1][1].open_gap is None
    assert store.kept["https://s.example/missed"].note.startswith("page not read: timeout")


def test_a_sitemap_that_cannot_be_had_for_now_is_asked_three_times() -> None:
    crawler, store = FakeCrawler(listing(items(3)), published=failure(Reason.HTTP_5XX)), FakeStore()
    held = watched()
    for tries in (1, 2):
        run(crawler, store, held)
        opened = store.settled[-1][1].open_gap
        assert opened == Gap(since=NOW - timedelta(hours=3), tries=tries)
        held = replace(watched(), open_gap=opened)
    report = run(crawler, store, held)
    assert store.settled[-1][1].open_gap is None
    assert "what was missed given up after 3 tries" in report.fetch.detail


def test_what_a_sitemap_dates_into_a_gap_and_was_printed_before_is_no_news() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    crawler.published = published("https://s.example/missed", "https://s.example/changed")
    crawler.printed["https://s.example/changed"] = NOW - timedelta(days=400)
    report = run(crawler, store, watched())
    assert (report.kept.new, store.backlog) == (5, ["https://s.example/changed"])
    assert "2 missed articles found in the site's sitemaps; 1 of them are older and no news" in report.fetch.detail


def test_a_sitemap_that_dates_everything_today_is_not_read_through() -> None:
    crawler, store = FakeCrawler(listing(items(3))), FakeStore()
    urls = [f"https://s.example/old-{number}" for number in range(90)]
    crawler.published = published(*urls)
    crawler.printed = dict.fromkeys(urls, NOW - timedelta(days=400))
    report = run(crawler, store, watched(), max_pages=50)
    assert (report.kept.new, report.old, len(store.backlog)) == (3 + 7, 7, 7)
    assert "the dates of the site's sitemaps are not true" in report.fetch.detail
    assert store.settled[0][1].open_gap is None


@pytest.mark.parametrize("found", [failure(), listing([]), listing(items(3)), listing(items(5))])
def test_a_run_with_no_room_for_what_was_missed_still_knows_of_it(found: Listing | CrawlError) -> None:
    store, since = FakeStore(), NOW - timedelta(hours=4)
    run(FakeCrawler(found), store, replace(watched(), open_gap=Gap(since=since, left=2)), max_pages=3)
    left = store.settled[-1][1].open_gap
    assert left is not None
    assert left.since == since


def test_without_pages_only_titles_can_be_kept() -> None:
    crawler, store, held = FakeCrawler(listing(items(3))), FakeStore(), watched()
    titled = replace(published("https://s.example/titled")[0], title="A title")
    crawler.published = [titled, *published("https://s.example/bare")]
    run(crawler, store, replace(held, source=replace(held.source, full_text=False)))
    assert store.kept.keys() - {each.url for each in items(3)} == {"https://s.example/titled"}


@pytest.mark.parametrize(
    ("site", "words"),
    [
        ([], "the site's sitemaps name nothing that was missed"),
        (failure(Reason.NOT_A_SITEMAP), "the site's sitemaps could not be asked: not_a_sitemap: in plain words"),
    ],
    ids=["nothing there", "no sitemap"],
)
def test_a_gap_that_cannot_be_filled_says_why(site: list[Item] | CrawlError, words: str) -> None:
    crawler, store = FakeCrawler(listing(items(3)), published=site), FakeStore()
    report = run(crawler, store, watched())
    assert (report.kept.new, report.fetch.gap) == (3, True)
    assert words in store.settled[0][1].fetch.detail


def test_a_list_that_shares_something_asks_for_no_history() -> None:
    store = FakeStore()
    run(FakeCrawler(listing(items(3))), store)
    crawler = FakeCrawler(listing(items(9)))
    assert not run(crawler, store, watched()).fetch.gap
    assert "history" not in crawler.asked


def taught(times: int, **facts: object) -> Lease:
    """A source that named another address so many times, with validators, its body seen lately."""
    saved = Validators(etag='"new"', body_hash="abc")
    moved = replace(lease(), moved_to="https://there.example/feed", moved_times=times, validators=saved, whole_at=NOW)
    return replace(moved, **facts)  # type: ignore[arg-type]


def test_a_learned_address_is_asked_and_the_operators_stays_the_sources() -> None:
    crawler, store = FakeCrawler(listing([], outcome=Outcome.UNCHANGED)), FakeStore()
    run(crawler, store, taught(3))
    assert crawler.asked == ["https://there.example/feed"]
    assert (store.settled[0][1].moved_to, store.settled[0][1].moved_times) == ("https://there.example/feed", 3)
    assert crawler.conditions == [Validators(etag='"new"', body_hash="abc")]


def test_a_learned_address_that_fails_is_forgotten_with_its_validators() -> None:
    store = FakeStore()
    report = run(FakeCrawler(failure()), store, taught(3))
    (_, settlement) = store.settled[0]
    assert report.fetch.url == "https://there.example/feed"
    assert (settlement.moved_to, settlement.moved_times) == ("", 0)
    assert settlement.validators == Validators(body_hash="abc")


def test_a_redirect_to_where_nobody_may_go_is_never_learned() -> None:
    store = FakeStore()
    run(FakeCrawler(failure(Reason.BLOCKED_ADDRESS)), store, taught(2))
    assert store.settled[0][1].moved_times == 2


def test_a_server_whose_validators_lie_is_asked_without_them() -> None:
    store, crawler = FakeStore(), FakeCrawler(listing(items(2)))
    report = run(crawler, store, taught(0, whole_at=NOW - timedelta(hours=13)))
    assert crawler.conditions == [Validators(body_hash="abc")]
    assert store.settled[0][1].lied_at == NOW
    assert "asked without conditions from now on" in report.fetch.detail
    run(FakeCrawler(failure()), store, taught(0, lied_at=NOW))
    assert store.settled[1][1].lied_at == NOW
    run(FakeCrawler(listing(items(2))), store, taught(0))
    assert store.settled[2][1].lied_at is None, "nothing new came"
