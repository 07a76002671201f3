"""Telling: decisions, messages, the outbox and its channels."""
