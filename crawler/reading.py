"""Everything that parses, in one import: what the process that forks the parsing children loads first.

Importing it warms up what each child would else build for itself: compiled expressions, the language model, options.
"""

import feedparser
import trafilatura

from crawler.documents import WARM_PAGE
from crawler.feeds import read_feed
from crawler.pages import read_page, read_section
from crawler.past import read_past
from crawler.sitemaps import read_sitemap

__all__ = ["feedparser", "read_feed", "read_page", "read_past", "read_section", "read_sitemap", "trafilatura"]

read_page(WARM_PAGE)
