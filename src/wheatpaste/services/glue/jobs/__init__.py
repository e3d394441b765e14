"""Glue jobs: definitions, runs, bookmarks, and the durable task that runs a script for real."""

from wheatpaste.services.glue.jobs import bookmarks, definitions, runs, task, warm

__all__ = ["bookmarks", "definitions", "runs", "task", "warm"]
