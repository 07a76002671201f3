"""What a source's state and its errors mean, in plain words, and what an operator can do about them."""

from collections.abc import Mapping
from typing import Final

from news.fetch import Reason
from news.health import State

STATES: Final[Mapping[State, str]] = {
    State.NEW: "not read yet",
    State.FINE: "fine",
    State.PAUSED: "paused",
    State.FAILING: "failing",
    State.GONE: "gone",
    State.BROKEN: "extraction broken",
    State.SILENT: "silent",
}

MEANING: Final[Mapping[State, str]] = {
    State.NEW: "It was not read successfully yet.",
    State.FINE: "It is read, and brings what its rhythm promises.",
    State.PAUSED: "It is switched off in sources.yaml (enabled: false) and is not asked.",
    State.FAILING: "It cannot be read: what it prints meanwhile is not seen. It is asked again, ever more slowly.",
    State.GONE: "Its publisher says that the address will not come back (410). It is looked at once a week.",
    State.BROKEN: "Its articles are found, but their pages no longer give texts: topics see little more than titles.",
    State.SILENT: "It answers, but has brought nothing new for longer than its rhythm explains.",
}

TO_DO: Final[Mapping[State, str]] = {
    State.NEW: "Nothing, if it was added a moment ago.",
    State.FINE: "Nothing.",
    State.PAUSED: "Take enabled: false away to have it asked again.",
    State.FAILING: "See the last error.",
    State.GONE: "Look for its new address on the publisher's site and put it into sources.yaml, or remove the source.",
    State.BROKEN: "Open one of its latest articles in a browser. A consent or login page may stand before it, or its "
    "layout has changed; full_text: false keeps the feed's own words meanwhile.",
    State.SILENT: "Open the address in a browser. Where the site has newer articles, the feed was abandoned: "
    "`presswatch sources add` with the site's address looks for the current one. Where it has none, do nothing.",
}

_WAIT = "Nothing, if it passes within a day."
_SEE = "Open the address in a browser."
_FORMAT = (
    "Open the address: if it shows a page, the feed has moved; `sources add` with the site's address looks for it."
)

REASONS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.DNS: ("its host name is not known", "Check the address for misprints; if many sources say so, check DNS."),
    Reason.REFUSED: ("its server refuses connections", _WAIT),
    Reason.TLS: ("its certificate is not valid", f"{_SEE} Publishers mostly renew it within days."),
    Reason.TIMEOUT: ("it did not answer in time", f"{_WAIT} Else raise fetch.feed_timeout."),
    Reason.CUT_SHORT: ("the answer broke off", _WAIT),
    Reason.TOO_LARGE: ("the document is larger than allowed", "Raise fetch.feed_max_bytes if you trust it."),
    Reason.BLOCKED_ADDRESS: (
        "its host lies in a private network",
        "If it is yours, set fetch.allow_private_networks; else the address is wrong.",
    ),
    Reason.BAD_URL: ("its address cannot be read", "Correct it in sources.yaml."),
    Reason.REDIRECTS: ("it redirects without end", f"{_SEE} Give the address where it ends."),
    Reason.ROBOTS: ("its robots.txt asks not to be read", "Ask the publisher, or look for another of its feeds."),
    Reason.HTTP_4XX: ("its server refuses the request", f"{_SEE} 404: it has moved. 401 or 403: it wants no program."),
    Reason.HTTP_5XX: ("its server has an error", _WAIT),
    Reason.RATE_LIMITED: ("its server says that we ask too often", "Give it a longer interval: in sources.yaml."),
    Reason.GONE: ("its publisher says that it is gone for good", "Look for its new address, or remove it."),
    Reason.NETWORK: ("the connection failed", f"{_WAIT} If many sources say so, check our own network."),
    Reason.NOT_A_FEED: ("what is there is no feed", _FORMAT),
    Reason.NOT_A_SITEMAP: ("what is there is no sitemap", _FORMAT),
    Reason.NOT_HTML: ("what is there is no web page", f"{_SEE} Set its kind: to what it is."),
    Reason.NO_TEXT: ("its page holds no text", f"{_SEE} It may be made by scripts; look for a feed."),
    Reason.SOFT_404: ("its page says that it was not found", "Look for its new address."),
    Reason.CONSENT_WALL: ("a consent page stands before it", "Look for a feed of the same publisher."),
    Reason.LOGIN_WALL: ("a log-in page stands before it", "If you have an account, give it a log-in in sources.yaml."),
    Reason.ROBOT_CHECK: (
        "a check for robots stands before it",
        f"{_WAIT} Else ask its site more slowly, or ask the publisher.",
    ),
    Reason.NOT_ADDRESSES: ("what is there is no list of addresses", f"{_SEE} It should be text, one address a line."),
    Reason.PARSE_ERROR: ("the document is damaged", f"{_WAIT} Else tell the publisher."),
    Reason.PARSE_TIMEOUT: ("the document took too long to read", "Raise fetch.parse_timeout if you trust it."),
    Reason.PARSE_CRASH: ("the document crashed its reader", "Please report the address; nothing else was harmed."),
    Reason.CRASH: ("a bug in presswatch", "The log has its trace. Please report it."),
    Reason.QUARANTINE: (
        "five runs in a row never came to an end",
        "See the log, and try `crawl --source` by hand; it is asked again later.",
    ),
}


def explain(reason: str) -> tuple[str, str]:
    """What a failure's reason means, and what to do; empty for none that we know."""
    return REASONS.get(Reason(reason), ("", "")) if reason in set(Reason) else ("", "")
