"""Addresses. Names are used everywhere; nothing builds a path by hand."""

from django.urls import path

from tracker.views import accounts, evidence, home, ledger, links, living_report, moves, review, tasks, updates

urlpatterns = [
    path("", home.start, name="start"),
    path("plans/<int:plan>/", home.home, name="home"),
    path("plans/<int:plan>/ledger/", ledger.ledger, name="ledger"),
    path("plans/<int:plan>/ledger.csv", ledger.ledger_csv, name="ledger_csv"),
    path("plans/<int:plan>/report/", living_report.living_report, name="living_report"),
    path("plans/<int:plan>/report/section/<int:section>/disposition/", links.dispose_section, name="dispose_section"),
    path(
        "plans/<int:plan>/report/shortcoming/<int:shortcoming>/disposition/",
        links.dispose_shortcoming,
        name="dispose_shortcoming",
    ),
    path("plans/<int:plan>/review/", review.queue, name="review_queue"),
    path("tasks/<int:task>/", tasks.task, name="task"),
    path("tasks/<int:task>/report/", updates.report_progress, name="report_progress"),
    path("tasks/<int:task>/no-change/", updates.no_change, name="no_change"),
    path("tasks/<int:task>/contribute/", updates.contribute, name="contribute"),
    path("tasks/<int:task>/moves/<slug:move>/", moves.move, name="move"),
    path("tasks/<int:task>/request/<slug:kind>/", moves.request_change, name="request_change"),
    path("tasks/<int:task>/light/", moves.raise_light, name="raise_light"),
    path("tasks/<int:task>/remark/", moves.remark, name="remark"),
    path("tasks/<int:task>/sign/", review.sign_off, name="sign_off"),
    path("tasks/<int:task>/review/", review.review, name="review"),
    path("tasks/<int:task>/evidence/new/", evidence.evidence_new, name="evidence_new"),
    path("evidence/<int:evidence>/", evidence.evidence, name="evidence"),
    path("evidence/uses/<int:use>/judge/", review.judge, name="judge"),
    path("evidence/uses/<int:use>/withdraw/", evidence.withdraw, name="evidence_withdraw"),
    path("links/measure/<int:link>/<slug:verdict>/", links.settle_measure_link, name="settle_measure_link"),
    path("links/shortcoming/<int:link>/<slug:verdict>/", links.settle_shortcoming_link, name="settle_shortcoming_link"),
    path("account/", accounts.account, name="account"),
]
