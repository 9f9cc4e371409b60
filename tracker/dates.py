"""Dates in words, and one year on."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import pgettext


def full_date(day: datetime.date | None) -> str:
    """2025年3月28日."""
    return date_format(day, pgettext("date format", "j M Y")) if day else ""


def official_date(day: datetime.date) -> str:
    """2025年3月28日 in whatever language the page is: documents are in Chinese (GB/T 9704-2012, no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_day(day: datetime.date) -> str:
    """3月28日."""
    return date_format(day, pgettext("date format", "j M"))


def day_in_year(day: datetime.date | None, year: int) -> str:
    """3月28日 inside the year, with its own year outside it."""
    if day is None:
        return ""
    return month_day(day) if day.year == year else full_date(day)


def year_after(day: datetime.date) -> datetime.date:
    """The same day of the next year; 28 February after a 29th."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)
