"""The admin, in the order a person thinks: people, source, plan, tasks, trace, evidence, requests, history."""

from tracker.admin import evidence, history, people, plan, requests, runs, source, task, trace

__all__ = ["evidence", "history", "people", "plan", "requests", "runs", "source", "task", "trace"]
