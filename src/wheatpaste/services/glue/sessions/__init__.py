"""Glue interactive sessions: a driver that executes statement after statement, and the durable task that follows it."""

from wheatpaste.services.glue.sessions import definitions, statements, task

__all__ = ["definitions", "statements", "task"]
