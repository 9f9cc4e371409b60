"""Addresses of what is written from the plan."""

from django.urls import path

from reports.views import trace

urlpatterns = [
    path("plans/<int:plan>/trace.xlsx", trace.trace_workbook, name="trace_workbook"),
]
