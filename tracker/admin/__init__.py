"""The admin, in the order a person thinks: people, source, plan, tasks, trace, evidence, requests, notices, history."""

from tracker.admin import (
    evidence,
    history,
    notices,
    people,
    plan,
    reminders,
    requests,
    rollover,
    runs,
    source,
    task,
    trace,
)

__all__ = [
    "evidence",
    "history",
    "notices",
    "people",
    "plan",
    "reminders",
    "requests",
    "rollover",
    "runs",
    "source",
    "task",
    "trace",
]
