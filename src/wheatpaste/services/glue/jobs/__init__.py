"""Glue jobs: definitions, runs, and the durable task that runs a script for real."""

from wheatpaste.services.glue.jobs import definitions, runs, task

__all__ = ["definitions", "runs", "task"]
