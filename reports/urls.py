"""Addresses of what is written from the plan."""

from django.urls import path

from reports.views import calendar, comparison, documents, duties, ledger, overview, reviews, trace

urlpatterns = [
    path("plans/<int:plan>/overview/", overview.overview, name="overview"),
    path("plans/<int:plan>/overview.xlsx", overview.overview_workbook, name="overview_workbook"),
    path("plans/<int:plan>/trace.xlsx", trace.trace_workbook, name="trace_workbook"),
    path("plans/<int:plan>/ledger.xlsx", ledger.ledger_workbook, name="ledger_workbook"),
    path("plans/<int:plan>/changes/", comparison.changes, name="changes"),
    path("plans/<int:plan>/changes.xlsx", comparison.changes_workbook, name="changes_workbook"),
    path("plans/<int:plan>/reviews/", reviews.progress_reviews, name="progress_reviews"),
    path("plans/<int:plan>/reviews/new/", reviews.prepare_review, name="prepare_review"),
    path("reviews/<int:review>/", reviews.progress_review, name="progress_review"),
    path("reviews/<int:review>/edit/", reviews.edit_review, name="edit_review"),
    path("reviews/<int:review>/items/<int:item>/", reviews.meeting, name="meeting"),
    path("reviews/<int:review>/items/<int:item>/draft/", reviews.meeting_draft, name="meeting_draft"),
    path("reviews/<int:review>/close/", reviews.close_review, name="close_review"),
    path("reviews/<int:review>/reopen/", reviews.reopen_review, name="reopen_review"),
    path("reviews/<int:review>/record/", reviews.review_record, name="review_record"),
    path("reviews/<int:review>/record.docx", documents.record_document, name="record_document"),
    path("notices/<int:notice>/notice.docx", documents.notice_sheet, name="notice_sheet"),
    path("plans/<int:plan>/bulletin.docx", documents.bulletin, name="bulletin"),
    path("reviews/<int:review>/record.json", reviews.review_picture, name="review_picture"),
    path("plans/<int:plan>/calendar/", calendar.calendar, name="calendar"),
    path("calendar/address/", calendar.address, name="calendar_address"),
    path("calendar/<slug:token>.ics", calendar.feed, name="calendar_feed"),
    path("plans/<int:plan>/duties/", duties.duties, name="duties"),
    path("duties/<int:duty>/", duties.duty, name="duty"),
    path("duties/<int:duty>/remove/", duties.remove_duty, name="remove_duty"),
]
