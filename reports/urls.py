"""Addresses of what is written from the plan."""

from django.urls import path

from reports import views

urlpatterns = [
    path("plans/<int:plan>/trace.xlsx", views.trace_workbook, name="trace_workbook"),
]
