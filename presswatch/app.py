"""The composition root: settings in, a working presswatch out. Everything is built here and nowhere else."""

import os
import random
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.decide import Rules, decide
from crawler.sites import Site
from news.alert import Decide
from news.article import Article, Prepared
from news.errors import ConfigError
from news.reread import Which
from news.source import Source
from news.time import Clock, SystemClock
from news.topic import NameList, Topic
from presswatch.settings import EmailTarget, Settings, WebhookTarget, find_config, read_settings, secret
from presswatch.sourcefile import Watched, read_watched
from presswatch.yamlfile import load, yaml_files
from scheduler.cadence import Rhythm
from scheduler.crew import Crew
from scheduler.looking import Looker
from scheduler.pacing import Pacing
from scheduler.pipeline import Gatherer, Pipeline
from scheduler.report import Report
from scheduler.reread import dated
from scheduler.writer import Run, Writer

if TYPE_CHECKING:
    from alerts.outbox import Channel, Outbox
    from crawler.crawl import Crawler
    from crawler.settings import Limits
    from presswatch.topicfiles import TopicFile
    from scheduler.backfill import Backfill
    from storage.articles import Archive
    from storage.database import Database
    from storage.health import HealthStore
    from storage.maintain import Maintained
    from storage.newsdesk import Stories
    from storage.operators import NoticeStore
    from storage.outbox import DeliveryStore
    from storage.sources import Sources
    from topics.matcher import Matcher


@dataclass(frozen=True)
class App:
    """One configuration, opened; parts are built when they are first asked for."""

    settings: Settings
    config: Path
    clock: Clock

    @classmethod
    def open(cls, config: str | None, *, clock: Clock | None = None) -> "App":
        """Find and read the configuration; raises ConfigError."""
        path = find_config(config)
        return cls(settings=read_settings(path), config=path, clock=clock or SystemClock())

    @property
    def folder(self) -> Path:
        """Where the configuration lies."""
        return self.config.parent

    @property
    def source_file(self) -> Path:
        """The file that `sources add` writes."""
        return self.folder / "sources.yaml"

    @cached_property
    def watched(self) -> Watched:
        """What the sources file says."""
        return read_watched(self.source_file)

    @property
    def sources(self) -> Sequence[Source]:
        """What the configuration watches."""
        return self.watched.sources

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        """How sources are asked and read, with their secrets, by name; raises ConfigError for one that is missing."""
        found: dict[str, Site] = {}
        for source in self.sources:
            try:
                if source.name in self.watched.asking:
                    found[source.name] = self.watched.asking[source.name].site(source.name, self.folder)
            except ConfigError:
                if source.enabled:  # who switched a source off may have taken its secret away
                    raise
        return found

    @cached_property
    def lists(self) -> dict[str, NameList]:
        """The named lists that queries may use."""
        from presswatch.topicfiles import load_lists

        return load_lists(self.folder / "lists")

    @cached_property
    def topic_files(self) -> "list[TopicFile]":
        """Topics with the examples beside them; one that names an unknown channel is refused."""
        if not yaml_files(self.folder / "topics"):
            return []  # and the query language need not be loaded
        from presswatch.topicfiles import load_topic_files

        files = load_topic_files(self.folder / "topics", self.lists)
        known = ", ".join(sorted(self.settings.channels)) or "none yet"
        for file in files:
            for channel in set(file.topic.channels) - set(self.settings.channels):
                path = self.folder / "topics" / f"{file.topic.name}.yaml"
                raise ConfigError(
                    f"topic {file.topic.name!r} names a channel {channel!r} that is not configured",
                    at=load(path).find(["channels", file.topic.channels.index(channel)]).at,
                    hint=f"channels in {self.config}: {known}",
                )
        return files

    @property
    def topics(self) -> list[Topic]:
        """What readers want to hear of."""
        return [file.topic for file in self.topic_files]

    @cached_property
    def matcher(self) -> "Matcher":
        """All topics, compiled; raises QueryError."""
        from topics.matcher import compile_topics

        return compile_topics(self.topics, self.lists)

    @cached_property
    def database(self) -> "Database":
        """The database, at this program's schema."""
        from storage.database import Database

        database = Database(self.settings.database)
        database.migrate()
        return database

    @cached_property
    def source_store(self) -> "Sources":
        """What we remember of sources."""
        from storage.sources import Sources

        return Sources(self.database)

    @cached_property
    def health(self) -> "HealthStore":
        """What is known of how sources do."""
        from storage.health import HealthStore

        return HealthStore(self.database)

    @cached_property
    def notices(self) -> "NoticeStore":
        """What operators were told."""
        from storage.operators import NoticeStore

        return NoticeStore(self.database)

    @cached_property
    def archive(self) -> "Archive":
        """The articles."""
        from storage.articles import Archive

        return Archive(self.database)

    @cached_property
    def stories(self) -> "Stories":
        """The stories."""
        from storage.newsdesk import Stories

        return Stories(self.database)

    @cached_property
    def deliveries(self) -> "DeliveryStore":
        """The outbox rows, and the alerts they belong to."""
        from storage.outbox import DeliveryStore

        return DeliveryStore(self.database)

    @cached_property
    def owner(self) -> str:
        """This process's name on leases: unlike that of any other, here or elsewhere."""
        return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"

    @cached_property
    def limits(self) -> "Limits":
        """The crawler's numbers."""
        from crawler.settings import Limits

        fetch = self.settings.fetch
        return Limits(
            feed_seconds=fetch.feed_timeout.total_seconds(),
            page_seconds=fetch.page_timeout.total_seconds(),
            feed_bytes=fetch.feed_max_bytes,
            page_bytes=fetch.page_max_bytes,
            items=fetch.max_items,
            redirects=fetch.max_redirects,
            parse_seconds=fetch.parse_timeout.total_seconds(),
            parse_bytes=fetch.parse_memory,
            concurrency=fetch.concurrency,
            per_host=fetch.per_host,
            delay=fetch.delay.total_seconds(),
            allow_private_networks=fetch.allow_private_networks,
            user_agent=fetch.user_agent or self._user_agent(),
        )

    def _user_agent(self) -> str:
        contact = self.settings.contact or "no contact configured"
        return f"presswatch/{version('presswatch')} (press monitoring; {contact})"

    def sync(self, extra: Sequence[Source] = ()) -> None:
        """Bring the database's sources and topics in line with the files; `extra` are addresses of this run alone."""
        from storage.topics import Topics

        Topics(self.database).sync(self.topics, now=self.clock.now())
        self.source_store.sync(self.sources, now=self.clock.now())
        self.deliveries.give_up_on_strangers(list(self.settings.channels), now=self.clock.now())
        if extra:
            self.source_store.visit(extra, now=self.clock.now())

    def maintain(self) -> "Maintained":
        """Let go of what was kept long enough; returns what went, in numbers."""
        from storage.maintain import Retention, maintain

        self.deliveries.give_up_on_strangers(list(self.settings.channels), now=self.clock.now())
        keep = self.settings.retention
        retention = Retention(articles=keep.articles, delivered=keep.delivered, dead=keep.dead)
        return maintain(self.database, retention, now=self.clock.now())

    def prepare(self, article: Article) -> Prepared:
        """Clean, read and match an article, so that what is matched is what is kept."""
        from storage.clean import clean_article

        article = clean_article(article, now=self.clock.now())
        text = self.matcher.read(article)
        return Prepared(article=article, tokens=text.tokens, matches=self.matcher.match(text))

    def rules(self, *, backlog: bool = False, filled: bool = False) -> Decide:
        """The decision that storage asks inside its commit; `filled`: for a back-fill, whose backlog is no source's."""
        rules = Rules(
            channels={topic.name: topic.channels for topic in self.topics},
            tell_backlog=backlog or (self.settings.alerts.backlog and not filled),
            filled=filled,
            fresh_for=self.settings.alerts.fresh_for,
        )
        return partial(decide, rules=rules)

    def outbox(self) -> "Outbox":
        """The outbox with every configured channel."""
        return self._outbox(self.channels)

    def outboxes(self) -> "dict[str, Outbox]":
        """An outbox for each channel, so that each can be emptied at its own pace."""
        return {channel.name: self._outbox([channel]) for channel in self.channels}

    def _outbox(self, channels: "list[Channel]") -> "Outbox":
        from alerts.outbox import Habits, Outbox

        habits = Habits(per_hour=self.settings.alerts.per_hour, lease=self.settings.lease)
        return Outbox(self.deliveries, channels, clock=self.clock, owner=self.owner, habits=habits)

    @cached_property
    def channels(self) -> "list[Channel]":
        """Every configured channel; raises ConfigError, with the channel's place, for one that cannot work."""
        return [self._channel(name, target) for name, target in self.settings.channels.items()]

    def _channel(self, name: str, target: EmailTarget | WebhookTarget) -> "Channel":
        try:
            return self._email(name, target) if isinstance(target, EmailTarget) else self._webhook(name, target)
        except ConfigError as error:
            at = load(self.config).find(["channels", name]).at
            raise ConfigError(
                f"channel {name}: {error.message}", at=replace(at, source_line=""), hint=error.hint
            ) from error

    def room(self) -> bool:
        """False when the disk under a SQLite file is nearly full."""
        path = self.settings.database.removeprefix("sqlite:///")
        if path == self.settings.database or not Path(path).parent.is_dir():
            return True
        return shutil.disk_usage(Path(path).parent).free >= self.settings.min_free_bytes

    def _email(self, name: str, target: EmailTarget) -> "Channel":
        from alerts.channels.email import EmailChannel, EmailSettings, Tls

        smtp = self.settings.smtp
        settings = EmailSettings(
            host=smtp.host,
            port=smtp.port,
            tls=Tls(smtp.tls),
            username=smtp.username,
            password=secret(smtp.password, smtp.password_file, self.folder),
            sender=smtp.sender,
            recipients=tuple(target.to),
            timeout=smtp.timeout,
            allow_private=self.settings.alerts.allow_private_networks or smtp.is_here,
        )
        return EmailChannel(name, settings, clock=self.clock)

    def _webhook(self, name: str, target: WebhookTarget) -> "Channel":
        from alerts.channels.webhook import WebhookChannel, WebhookSettings

        settings = WebhookSettings(
            url=target.url,
            secrets=tuple(secret(target.secret, target.secret_file, self.folder).split()),
            timeout=target.timeout,
            allow_private=self.settings.alerts.allow_private_networks,
            user_agent=self.limits.user_agent,
        )
        return WebhookChannel(name, settings, clock=self.clock)

    @asynccontextmanager
    async def gathering(self) -> AsyncIterator["Crawler"]:
        """The crawler, for as long as the block lasts."""
        from crawler.crawl import Crawler

        async with Crawler(self.limits, sites=self.sites, clock=self.clock) as crawler:
            yield crawler

    def crew(
        self, gather: Gatherer, gate: Pacing, run: Run, *, on_report: Callable[[Report], None], backlog: bool = False
    ) -> Crew:
        """Everything that runs sources, wired to this configuration."""
        from storage.hosts import Hosts

        fetch, cadence = self.settings.fetch, self.settings.cadence
        pipeline = Pipeline(
            gather=gather,
            archive=self.archive,
            looker=Looker(archive=self.archive, run=run),
            writer=self._writer(run, self.rules(backlog=backlog), fetch.reread),
            clock=self.clock,
            chance=random.random,
            run=run,
            rhythm=Rhythm(start=cadence.start, shortest=cadence.shortest, longest=cadence.longest, zone=cadence.zone),
            paces=gate.paces,
            max_pages=fetch.max_pages,
            full_text=fetch.full_text,
            reread=fetch.reread is not Which.NONE,
        )
        return Crew(
            source=pipeline.source,
            quarantine=pipeline.quarantine,
            queue=self.source_store,
            gate=gate,
            hosts=Hosts(self.database),
            clock=self.clock,
            run=run,
            owner=self.owner,
            lease=self.settings.lease,
            on_report=on_report,
        )

    def backfill(self, crawler: "Crawler", run: Run, *, busy: Callable[[str], object], backlog: bool) -> "Backfill":
        """What keeps articles from elsewhere; `busy` hears of a source that another process holds."""
        from scheduler.backfill import Backfill
        from storage.hosts import Hosts

        return Backfill(
            gather=crawler,
            archive=self.archive,
            queue=self.source_store,
            gate=crawler.gate,
            hosts=Hosts(self.database),
            writer=self._writer(run, self.rules(backlog=backlog, filled=True)),
            clock=self.clock,
            run=run,
            owner=self.owner,
            lease=self.settings.lease,
            busy=busy,
        )

    def _writer(self, run: Run, decide: Decide, reread: Which = Which.NONE) -> Writer:
        return Writer(
            keeper=self.archive,
            sources=self.source_store,
            prepare=dated(self.prepare, reread, self.clock),
            decide=decide,
            clock=self.clock,
            run=run,
        )
