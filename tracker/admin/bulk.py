"""Actions on several tasks at once: each row succeeds or is refused for itself, and the page says which."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminDateWidget
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.enums import Nature
from tracker.exceptions import Refusal
from tracker.models import Task, Unit, User
from tracker.services import tasks


class PeopleForm(forms.Form):
    lead_unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("lead unit"))
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("owner"), required=False)


class DueDateForm(forms.Form):
    due_on = forms.DateField(label=gettext_lazy("due date"), widget=AdminDateWidget)
    due_basis = forms.CharField(label=gettext_lazy("deadline basis"), max_length=300)


class ConfirmForm(forms.Form):
    """What is left empty stays as the task has it."""

    lead_unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("lead unit"), required=False)
    owner = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("owner"), required=False)
    due_on = forms.DateField(label=gettext_lazy("due date"), widget=AdminDateWidget, required=False)
    due_basis = forms.CharField(label=gettext_lazy("deadline basis"), max_length=300, required=False)
    criteria = forms.CharField(
        label=gettext_lazy("completion criteria"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    nature = forms.ChoiceField(label=gettext_lazy("nature"), choices=[("", "—"), *Nature.choices], required=False)


def _run(
    admin_page: Any,
    request: HttpRequest,
    chosen: Any,
    form_class: type[forms.Form],
    title: str,
    name: str,
    act: Callable[[Task, dict[str, Any]], Any],
) -> HttpResponse:
    """The form first; once filled in, the result per row."""
    form = form_class(request.POST if "apply" in request.POST else None)
    visible = {"lead_unit": Unit.objects.visible_to(request.user), "owner": User.objects.visible_to(request.user)}  # type: ignore[arg-type]
    for field, queryset in visible.items():
        if field in form.fields:
            form.fields[field].queryset = queryset  # type: ignore[attr-defined]
    results = []
    if form.is_valid():
        given = {field: value for field, value in form.cleaned_data.items() if value}
        results = [_result(task, act, given) for task in chosen.select_related("plan")]
    context = {
        **admin_page.admin_site.each_context(request),
        "title": title,
        "form": form,
        "results": results,
        "tasks": chosen,
        "opts": Task._meta,
        "action_name": name,
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "media": admin_page.media + form.media,
    }
    return TemplateResponse(request, "admin/tracker/task/bulk.html", context)


def _result(task: Task, act: Callable[[Task, dict[str, Any]], Any], given: dict[str, Any]) -> dict[str, Any]:
    try:
        act(task, given)
    except Refusal as refusal:
        return {"task": task, "done": False, "sentence": str(refusal)}
    return {"task": task, "done": True, "sentence": _("done")}


@admin.action(description=gettext_lazy("Confirm selected tasks"))
def confirm_tasks(admin_page: Any, request: HttpRequest, chosen: Any) -> HttpResponse:
    def act(task: Task, given: dict[str, Any]) -> None:
        tasks.confirm(task.pk, by=request.user, version=task.version, **given)  # type: ignore[arg-type]

    return _run(admin_page, request, chosen, ConfirmForm, _("Confirm selected tasks"), "confirm_tasks", act)


@admin.action(description=gettext_lazy("Assign unit and owner"))
def assign_people(admin_page: Any, request: HttpRequest, chosen: Any) -> HttpResponse:
    def act(task: Task, given: dict[str, Any]) -> None:
        tasks.edit(task.pk, by=request.user, version=task.version, **given)  # type: ignore[arg-type]

    return _run(admin_page, request, chosen, PeopleForm, _("Assign unit and owner"), "assign_people", act)


@admin.action(description=gettext_lazy("Set due date"))
def set_due_date(admin_page: Any, request: HttpRequest, chosen: Any) -> HttpResponse:
    def act(task: Task, given: dict[str, Any]) -> None:
        tasks.edit(task.pk, by=request.user, version=task.version, **given)  # type: ignore[arg-type]

    return _run(admin_page, request, chosen, DueDateForm, _("Set due date"), "set_due_date", act)
