"""Everything that parses, in one import: what the process that forks the parsing children loads first.

Importing it warms up what each child would else build for itself: compiled expressions, the language model, options.
"""

import gc

import feedparser
import trafilatura

from crawler import feeds, past, sitemaps
from crawler.documents import WARM_PAGE
from crawler.kinds import kind_named
from crawler.pages import read_page
from news.source import Kind

__all__ = ["feedparser", "feeds", "past", "sitemaps", "trafilatura"]

read_page(WARM_PAGE)
for kind in Kind:
    kind_named(kind)
gc.freeze()  # what is loaded stays: no child looks through it for garbage, nor copies its pages by doing so
