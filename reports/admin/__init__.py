"""What is written from the plan, in the admin: looked at there, made and changed on the pages."""

from reports.admin import calendar, duties

__all__ = ["calendar", "duties"]
