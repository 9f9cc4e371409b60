"""Tasks: every edit goes through the services with `by=`; status and history are looked at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tracker.admin.base import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    ServiceAdmin,
    ServiceFormMixin,
    rehearsal,
)
from tracker.admin.bulk import assign_people, confirm_tasks, set_due_date
from tracker.exceptions import DatasetError, InvalidInput, Refusal
from tracker.models import (
    EvidenceUse,
    Indicator,
    MeasureLink,
    Milestone,
    Reading,
    ShortcomingLink,
    Task,
    TaskEvent,
)
from tracker.permissions import administers
from tracker.services import imports, indicators, plans, task_values, tasks


class TaskForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Edits of a task; `seen_version` is the one this form was opened with, so that a stale edit is refused."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Task
        fields = [*task_values.EDITABLE]
        widgets = {"criteria": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version
        self.fields["due_basis"].required = False

    def serve(self) -> Task:
        values = {name: self.cleaned_data[name] for name in task_values.EDITABLE if name in self.changed_data}
        return tasks.edit(self.instance.pk, by=self.by, version=self.cleaned_data["seen_version"], **values)

    def _post_clean(self) -> None:
        """The instance stays as it is stored: the service compares and writes."""


class NewTaskForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """A task that the plan lacks; its words must stand in the report, inside its work area."""

    class Meta:
        model = Task
        fields = ["area", "serial", "quote", "title", "nature", "deliverable", "proposed_lead_unit"]

    def serve(self) -> Task:
        data = dict(self.cleaned_data)
        area, quote = data.pop("area"), data.pop("quote").strip()
        try:
            start = imports.find_once(area.plan.report.text, quote, area.start, area.end, str(area))
        except DatasetError as error:
            raise InvalidInput(str(error), field="quote") from error
        return plans.create_task(area, by=self.by, quote=quote, start=start, **data)

    def _post_clean(self) -> None:
        """The service writes; the instance is not filled."""


class MilestoneFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """All milestones of a task at once: the service replaces them as a whole."""

    by: Any

    def steps(self) -> list[dict[str, Any]]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return [{name: row[name] for name in task_values.STEP_FIELDS} for row in rows]

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not self.has_changed() or self.instance.pk is None:
            return
        try:
            with rehearsal():
                tasks.set_milestones(self.instance.pk, by=self.by, steps=self.steps())
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class MilestoneInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Milestone
    formset = MilestoneFormSet
    extra = 0
    fields = list(task_values.STEP_FIELDS)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (formset,), {"by": request.user})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request.user)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class MeasureLinkInline(ReadOnlyInline):
    model = MeasureLink
    fields = ["measure", "extent", "strength", "state", "rationale"]


class ShortcomingLinkInline(ReadOnlyInline):
    model = ShortcomingLink
    fields = ["shortcoming", "strength", "state", "rationale"]


class EvidenceUseInline(ReadOnlyInline):
    model = EvidenceUse
    fields = ["evidence", "claim", "verdict", "reason"]


class TaskEventInline(ReadOnlyInline):
    model = TaskEvent
    fields = ["at", "by_label", "kind", "from_status", "to_status", "progress", "summary", "reason", "detail"]
    ordering = ["-sequence"]


@admin.register(Task)
class TaskAdmin(ServiceAdmin):
    form = TaskForm
    list_display = ["code", "title", "lead_unit", "owner", "due_on", "status", "progress", "page"]
    list_display_links = ["code", "title"]
    list_filter = ["plan", "status", "nature", "area", "lead_unit"]
    list_select_related = ["lead_unit", "owner"]
    search_fields = ["code", "title", "quote", "lead_unit__short_name", "owner__display_name"]
    autocomplete_fields = ["lead_unit", "owner", "supporting_units", "area", "proposed_lead_unit"]
    inlines = [MilestoneInline, MeasureLinkInline, ShortcomingLinkInline, EvidenceUseInline, TaskEventInline]
    actions = [confirm_tasks, assign_people, set_due_date]
    stored = ["code", "quote", "status", "progress", "confirmed_on", "last_report_on", "completed_on", "page"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": NewTaskForm.Meta.fields})]
        return [
            (None, {"fields": ["code", "title", "quote", "page"]}),
            (_("Who"), {"fields": ["lead_unit", "owner", "supporting_units", "accountable_leader"]}),
            (
                _("What and by when"),
                {"fields": ["nature", "starts_on", "due_on", "due_basis", "criteria", "deliverable"]},
            ),
            (
                _("State (changed by moves only)"),
                {"fields": ["status", "progress", "confirmed_on", "last_report_on", "completed_on"]},
            ),
            (_("Remarks"), {"fields": ["remarks", "seen_version"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if obj is None else self.stored

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [] if obj is None else self.inlines

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = TaskForm if obj is not None else NewTaskForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Milestones go through their service; the other inlines are only looked at."""
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formset.model is Milestone and formset.has_changed():
            tasks.set_milestones(form.instance.pk, by=request.user, steps=formset.steps())  # type: ignore[arg-type]

    @admin.display(description=_("page"))
    def page(self, obj: Task) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("task", args=[obj.pk]), _("Task page"))


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyAdmin):
    """Edited on their task."""

    list_display = ["task", "title", "due_on", "share", "met_on"]
    list_select_related = ["task"]
    search_fields = ["title", "task__code"]
    date_hierarchy = "due_on"


class IndicatorForm(ServiceFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Indicator
        fields = ["task", "name", "direction", "unit", "figure", "baseline", "target"]

    def serve(self) -> Indicator:
        data = dict(self.cleaned_data)
        return indicators.add(data.pop("task").pk, by=self.by, **data)

    def _post_clean(self) -> None:
        """The service writes; the instance is not filled."""


class ReadingInline(ReadOnlyInline):
    model = Reading
    fields = ["on", "value", "by"]


@admin.register(Indicator)
class IndicatorAdmin(ServiceAdmin):
    form = IndicatorForm
    list_display = ["name", "task", "baseline", "target", "unit"]
    list_select_related = ["task"]
    search_fields = ["name", "task__code"]
    autocomplete_fields = ["task", "figure"]
    inlines = [ReadingInline]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Added here; what is added stays, because readings stand on it."""
        return obj is None and super().has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [] if obj is None else self.inlines


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin):
    list_display = ["indicator", "on", "value", "by"]
    list_select_related = ["indicator", "by"]
    search_fields = ["indicator__name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        visible = Indicator.objects.visible_to(request.user)  # type: ignore[arg-type]
        return Reading.objects.filter(indicator__in=visible)
