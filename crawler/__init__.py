"""Gathering: sources and pages over HTTP, read in killable children."""
