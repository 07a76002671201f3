"""Floors under what presswatch finds: sets of our own, and the least they must score."""
