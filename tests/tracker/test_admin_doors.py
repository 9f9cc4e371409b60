"""Every address of the admin, taken from the resolver, against every role and another government."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.kept import kept
from tests.tracker.conftest import TODAY
from tracker import clock
from tracker.models import Succession, User
from tracker.services import indicators, requests, rollover, trace

OUTSIDERS = ["reviewer", "reviewer_office", "leader", "auditor", "viewer", "staff", "head", "city_leader"]
MODELS = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "tracker"), key=lambda model: model.__name__
)
# Answers that give nothing away and break nothing.
CLOSED = (302, 403, 404, 405)


def _patterns() -> Iterator[URLPattern]:
    waiting = list(get_resolver().namespace_dict["admin"][1].url_patterns)
    while waiting:
        row = waiting.pop()
        if isinstance(row, URLPattern):
            yield row
        else:
            waiting += row.url_patterns


def addresses(model: type[models.Model], key: object) -> list[str]:
    """All addresses of one model's admin, with the key where a row is meant."""
    stem = f"tracker_{model._meta.model_name}_"
    found = set()
    for pattern in _patterns():
        name = pattern.name or ""
        if not name.startswith(stem):
            continue
        groups = getattr(pattern.pattern, "regex", None)
        given = {word: key if word in ("object_id", "id") else "1" for word in pattern.pattern.converters}
        bare = [key, "1"][: groups.groups] if groups is not None and not given else []
        found.add(reverse(f"admin:{name}", args=bare, kwargs=given or None))
    assert len(found) >= 5, f"{model.__name__} has too few addresses: {found}"
    return sorted(found)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with kept(django_db_blocker, furnished) as world:
        yield world


@pytest.fixture
def desk(db, built):
    with clock.at(TODAY):
        yield built


def furnished(world):
    """A world with a row of nearly every model in both governments."""
    task = world.started()
    world.proof(task)
    measure = task.plan.report.parts.get(kind="measures").sections.first().measures.first()
    trace.propose(task, measure, by=world.admin, strength="direct", rationale="同")
    trace.dispose(task.plan, by=world.admin, kind="dropped", reason="不再安排", section=measure.section)
    indicators.add(task.pk, by=world.admin, name="考试人数", direction="up")
    requests.ask(task.pk, by=world.staff, kind="cancellation", reason="改革")
    rollover.decide(task.pk, by=world.admin, kind="carried", reason="明年继续")
    Succession.objects.create(predecessor=task, task=world.next_tasks[0])
    assert world.foreign_task
    return world


def row_of(model: type[models.Model], user: User) -> models.Model | None:
    rows = model.objects.all()
    return rows.visible_to(user).first() if hasattr(rows, "visible_to") else rows.first()


@pytest.mark.parametrize("flagged", [False, True])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_but_administrators_comes_in(desk, signed_in, model, flagged):
    """Nor does the mark of Django's own staff let anybody else in."""
    row = row_of(model, desk.admin)
    paths = addresses(model, row.pk if row else 1)
    for who in OUTSIDERS:
        person = getattr(desk, who)
        User.objects.filter(pk=person.pk).update(is_staff=flagged)
        client = signed_in(person)
        for path in paths:
            assert client.get(path).status_code in CLOSED, (who, path)
            assert client.post(path, {"post": "yes"}).status_code in CLOSED, (who, path)
    for path in paths:
        assert Client().get(path).status_code == 302, path


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_another_governments_rows_do_not_exist(desk, signed_in, model):
    row = row_of(model, desk.admin)
    if row is None or not hasattr(model.objects.all(), "visible_to"):
        pytest.skip("rows of no government")
    if model.objects.visible_to(desk.foreign_admin).filter(pk=row.pk).exists():
        row = (
            model.objects.visible_to(desk.admin)
            .exclude(pk__in=model.objects.visible_to(desk.foreign_admin).values("pk"))
            .first()
        )
    assert row is not None
    client = signed_in(desk.foreign_admin)
    own_lists = [path for path in addresses(model, row.pk) if f"/{row.pk}/" in path]
    for path in own_lists:
        assert client.get(path).status_code in CLOSED, path
        before = type(row).objects.filter(pk=row.pk).values().get()
        assert client.post(path, {"post": "yes"}).status_code in CLOSED, path
        assert type(row).objects.filter(pk=row.pk).values().get() == before, path
    listed = client.get(reverse(f"admin:tracker_{model._meta.model_name}_changelist"))
    assert f"/{model._meta.model_name}/{row.pk}/change/" not in listed.content.decode()


def searched() -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    """The fields of the admin's models that a person fills by searching."""
    for model in MODELS:
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, models.ForeignKey) else None
            if target in admin.site._registry and admin.site.get_model_admin(target).search_fields:
                yield model, field


def test_searching_for_a_choice_offers_no_other_government(desk, signed_in):
    client = signed_in(desk.admin)
    offered = hidden = 0
    for model, field in searched():
        asked = {"app_label": "tracker", "model_name": model._meta.model_name, "field_name": field.name, "term": ""}
        answer = client.get(reverse("admin:autocomplete"), asked)
        assert answer.status_code in (200, 403), field
        rows = field.related_model.objects.all()
        if answer.status_code != 200 or not hasattr(rows, "visible_to"):
            continue
        ids = {row["id"] for row in answer.json()["results"]}
        seen = {str(pk) for pk in rows.visible_to(desk.admin).values_list("pk", flat=True)}
        assert ids <= seen, field
        offered, hidden = offered + len(ids), hidden + rows.count() - len(seen)
    assert offered
    assert hidden


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_breaks_for_an_administrator(desk, signed_in, model):
    client = signed_in(desk.admin)
    row = row_of(model, desk.admin)
    for path in addresses(model, row.pk if row else 1) + addresses(model, 99999999) + addresses(model, "x"):
        for answer in (client.get(path), client.post(path, {}), client.post(path, {"post": "yes"})):
            assert answer.status_code < 500, path
    listed = reverse(f"admin:tracker_{model._meta.model_name}_changelist")
    for query in ("?pk__exact=abc", "?id__in=1,x", "?unknown=1", "?p=99999", "?o=99.-99", "?all=&q=%00", "?e=1"):
        assert client.get(listed + query).status_code < 500, query
    if row is not None:
        assert type(row).objects.filter(pk=row.pk).exists()
