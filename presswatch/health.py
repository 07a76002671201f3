"""Judging sources and telling operators, wired to a configuration."""

from collections.abc import Sequence
from functools import partial

from news.errors import ConfigError
from news.notice import Notice
from presswatch.app import App
from presswatch.yamlfile import load
from scheduler import health
from scheduler.telling import Patience, tell


def judge(app: App) -> int:
    """Judge the sources that were run since they were last judged; returns how many."""
    return app.health.judge(health.judge, now=app.clock.now())


def tell_operators(app: App, patience: Patience) -> Sequence[Notice]:
    """Judge what was run, and keep and owe what operators must hear of it; returns the new notices."""
    judge(app)
    now = app.clock.now()
    return app.notices.tell(partial(tell, now=now, patience=patience), operators(app), now=now)


def operators(app: App) -> Sequence[str]:
    """The channels that operators listen to; raises ConfigError for one that is not configured."""
    named = app.settings.alerts.operators
    for place, name in enumerate(named):
        if name not in app.settings.channels:
            known = ", ".join(sorted(app.settings.channels)) or "none yet"
            raise ConfigError(
                f"alerts.operators names a channel {name!r} that is not configured",
                at=load(app.config).find(["alerts", "operators", place]).at,
                hint=f"channels in {app.config}: {known}",
            )
    return named
