"""Eight invented outlets with articles of our own writing, served on loopback as real ones would be."""

from presswatch.demo.newsroom.newsroom import Newsroom

__all__ = ["Newsroom"]
