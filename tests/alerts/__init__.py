"""Tests of telling: deciding, writing, sending, trying again."""
