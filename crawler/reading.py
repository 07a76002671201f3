"""Everything that parses, in one import: what the parsing children load before they are forked."""

import feedparser
import trafilatura

from crawler.feeds import read_feed
from crawler.pages import read_page

__all__ = ["feedparser", "read_feed", "read_page", "trafilatura"]
