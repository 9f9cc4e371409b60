"""Addresses of what is written from the plan."""

from django.urls import path

from reports.views import calendar, duties, trace

urlpatterns = [
    path("plans/<int:plan>/trace.xlsx", trace.trace_workbook, name="trace_workbook"),
    path("plans/<int:plan>/calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/", calendar.address, name="calendar_address"),
    path("calendar/<slug:token>.ics", calendar.feed, name="calendar_feed"),
    path("plans/<int:plan>/duties/", duties.duties, name="duties"),
    path("duties/<int:duty>/", duties.duty, name="duty"),
    path("duties/<int:duty>/remove/", duties.remove_duty, name="remove_duty"),
]
