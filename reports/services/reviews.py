"""Progress reviews: prepared, held, closed; every decision takes effect at once, through the tracker's own services.

Each function is one transaction. Raise NotPermitted, MoveRefused, InvalidInput or Stale, each with a sentence;
nothing is written then. `version` is that of the review that the person had on the screen, None for "as it is now".
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from reports import agenda, permissions, picture
from reports.enums import AgendaOrder, AgendaReason, DecisionKind, ReviewKind, ReviewState
from reports.models import Decision, Review, ReviewItem, ReviewPicture
from reports.services import duties
from tracker import clock
from tracker.enums import EventKind, RequestState
from tracker.exceptions import InvalidInput, MoveRefused, Stale
from tracker.models import ChangeRequest, Plan, Task, User
from tracker.services import demands, notices, requests, tasks
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean

EDITABLE = ("kind", "since", "until", "on", "chair", "participants", "notes", "order")
LONGEST_WORDS = Decision._meta.get_field("words").max_length or 0


def locked(review_id: int, version: int | None = None) -> Review:
    """The review, locked until the transaction ends. Raises Stale when its version is no longer `version`."""
    review: Review = (
        Review.objects.select_for_update(of=("self",))
        .select_related("plan__government", "plan__report")
        .get(pk=review_id)
    )
    if version is not None and version != review.version:
        raise Stale(
            _("The review was changed after you opened it. What you typed is kept; look and send again."),
            {name: getattr(review, name) for name in EDITABLE},
        )
    return review


def _save(review: Review, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(review, name, value)
    review.version += 1
    review.save(update_fields=[*fields, "version"])


@transaction.atomic
def prepare(plan: Plan, *, by: User, kind: str, on: datetime.date, chair: str, **values: Any) -> Review:
    """Prepare the next review of a plan and build its agenda.

    `values` may hold since, until, participants, notes, order. The period runs from the day after the last review
    (or the plan's first day) until the day of the meeting where none is given.
    """
    permissions.check_prepare(by, plan)
    # Two that are prepared at once must not take the same number.
    Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    last = Review.objects.filter(plan=plan).aggregate(number=Max("number"), until=Max("until"))
    since = last["until"] + datetime.timedelta(days=1) if last["until"] else plan.starts_on
    given = {"since": min(since, on), "until": on, **values, "kind": kind, "on": on, "chair": chair}
    fields = _checked(plan, given, by)
    review = Review.objects.create(
        plan=plan, number=(last["number"] or 0) + 1, prepared_by=by, prepared_at=clock.now(), **fields
    )
    _rebuild(review)
    return review


def _checked(plan: Plan, values: Mapping[str, Any], by: User) -> dict[str, Any]:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise InvalidInput(_("These fields cannot be edited: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    fields: dict[str, Any] = {
        name: clean(value).strip() if isinstance(value, str) else value for name, value in values.items()
    }
    if "kind" in fields and fields["kind"] not in ReviewKind.values:
        raise InvalidInput(_("This kind of review is not known."), field="kind")
    if "order" in fields and fields["order"] not in AgendaOrder.values:
        raise InvalidInput(_("This order is not known."), field="order")
    if "chair" in fields and not fields["chair"]:
        raise InvalidInput(_("Name who takes the chair."), field="chair")
    for name in ("chair", "participants", "notes"):
        _refuse_length(name, fields.get(name, ""))
    if "on" in fields and not plan.starts_on <= fields["on"] <= _last_day(plan):
        raise InvalidInput(_("The day of the review lies outside the plan year."), field="on")
    if fields.get("since") and fields.get("until") and fields["since"] > fields["until"]:
        raise InvalidInput(_("The period ends before it begins."), field="until")
    refuse_marks({name: fields.get(name, "") for name in ("chair", "participants", "notes")}, by=by)
    return fields


def _last_day(plan: Plan) -> datetime.date:
    """The year's last review meets when the year is over: before the report is published on 1 April at the latest."""
    return datetime.date(plan.ends_on.year + 1, 3, 31)


def _refuse_length(name: str, text: str) -> None:
    most = Review._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
    if len(text) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=name)


@transaction.atomic
def edit(review_id: int, *, by: User, version: int | None = None, **values: Any) -> Review:
    """Change the head of a review that is not closed, its notes, or the order of its agenda."""
    review = locked(review_id, version)
    permissions.check_conduct(by, review)
    merged = {"since": review.since, "until": review.until, **values}
    fields = _checked(review.plan, merged, by)
    _save(review, **{name: fields[name] for name in values})
    return review


@transaction.atomic
def refresh(review_id: int, *, by: User) -> Review:
    """Build the agenda again from the plan as it stands now."""
    review = locked(review_id)
    permissions.check_conduct(by, review)
    _rebuild(review)
    _save(review)
    return review


def _rebuild(review: Review) -> None:
    """Reasons are found anew; what the chair added stays, and so does what was decided or begun."""
    before = ReviewPicture.objects.before(review).first()
    found = agenda.reasons_of(
        review.plan, clock.today(), picture.lights_of(picture.read(before.data)) if before else {}
    )
    items = {item.task_id: item for item in review.items.prefetch_related("decisions")}
    changed = []
    for task, item in items.items():
        added = [AgendaReason.ADDED.value] if AgendaReason.ADDED in item.reasons else []
        reasons = [*found.pop(task, []), *added]
        if reasons or item.draft or item.decisions.all():
            item.reasons = reasons
            changed.append(item)
        else:
            item.delete()
    ReviewItem.objects.bulk_update(changed, ["reasons"], batch_size=500)
    ReviewItem.objects.bulk_create(
        [ReviewItem(review=review, task_id=task, reasons=reasons) for task, reasons in found.items()], batch_size=500
    )


@transaction.atomic
def add_item(review_id: int, *, by: User, task_id: int, words: str = "") -> ReviewItem:
    """Put a task on the agenda that does not stand there by itself."""
    review = locked(review_id)
    permissions.check_conduct(by, review)
    if not Task.objects.visible_to(by).filter(pk=task_id, plan=review.plan).exists():
        raise InvalidInput(_("Choose a task of this plan."), field="task")
    text = clean(words).strip()
    if len(text) > (ReviewItem._meta.get_field("words").max_length or 0):
        raise InvalidInput(_("At most %(most)d characters.") % {"most": 200}, field="words")
    refuse_marks({"words": text}, by=by)
    item, _created = ReviewItem.objects.get_or_create(review=review, task_id=task_id)
    if AgendaReason.ADDED not in item.reasons:
        item.reasons = [*item.reasons, AgendaReason.ADDED.value]
    item.words = text
    item.save()
    return item


@transaction.atomic
def remove_item(item_id: int, *, by: User) -> None:
    """Take a task off the agenda again, while nothing is decided on it."""
    item = ReviewItem.objects.select_related("review").get(pk=item_id)
    review = locked(item.review_id)
    permissions.check_conduct(by, review)
    if item.decisions.exists():
        raise MoveRefused(_("Something was decided on this task already; it stays on the agenda."))
    item.delete()


@transaction.atomic
def open_review(review_id: int, *, by: User) -> Review:
    """The meeting begins: the agenda is brought up to date once more. An open review stays as it is."""
    review = locked(review_id)
    permissions.check_conduct(by, review)
    if review.state == ReviewState.PREPARED:
        _rebuild(review)
        _save(review, state=ReviewState.OPEN, opened_at=clock.now())
    return review


@transaction.atomic
def keep_draft(item_id: int, *, by: User, values: Mapping[str, str]) -> ReviewItem:
    """Keep what is typed on an item and not recorded yet, so that nothing is lost when the machine goes off."""
    item, review = _item(item_id)
    permissions.check_conduct(by, review)
    kept = {name: clean(values.get(name, ""))[:LONGEST_WORDS] for name in ("kind", "words", "by_date")}
    refuse_marks({"words": kept["words"]}, by=by, task=item.task)
    item.draft = kept if kept["words"].strip() or kept["by_date"] else {}
    item.save(update_fields=["draft"])
    return item


def _item(item_id: int) -> tuple[ReviewItem, Review]:
    """An item with its review, the review locked."""
    item: ReviewItem = ReviewItem.objects.select_related("task__plan__government", "task__lead_unit").get(pk=item_id)
    return item, locked(item.review_id)


@transaction.atomic
def decide(
    item_id: int,
    *,
    by: User,
    kind: str,
    words: str = "",
    by_date: datetime.date | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Decision:
    """Record what the meeting decides on a task, and let it take effect at once.

    Urge and report become demands on the lead unit, supervise a blue notice, approve and refuse decide the open
    change request, adjust writes `changes` ({field: new stored value}) as a change of the meeting's own. A note is
    a line in the task's history. A prepared review is opened by its first decision.
    """
    item, review = _item(item_id)
    permissions.check_conduct(by, review)
    if kind not in DecisionKind.values:
        raise InvalidInput(_("Choose what is decided."), field="kind")
    text = clean(words).strip()
    if len(text) > LONGEST_WORDS:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": LONGEST_WORDS}, field="words")
    if not text and kind not in (DecisionKind.APPROVE,):
        raise InvalidInput(_("Write what is decided in words."), field="words")
    refuse_marks({"words": text}, by=by, task=item.task)
    if review.state == ReviewState.PREPARED:
        _save(review, state=ReviewState.OPEN, opened_at=clock.now())
    effect = EFFECTS[DecisionKind(kind)](item, review, by, text, by_date, changes or {})
    decision = Decision.objects.create(
        item=item, kind=kind, words=text, by_date=by_date, by=by, at=clock.now(), **effect
    )
    item.draft = {}
    item.save(update_fields=["draft"])
    return decision


def _note(item: ReviewItem, review: Review, by: User, words: str, *_rest: Any) -> dict[str, Any]:
    tasks.note(item.task_id, EventKind.REVIEW, by=by, detail=review.name, reason=words)
    return {}


def _demand(kind: str) -> Any:
    def effect(item: ReviewItem, review: Review, by: User, words: str, by_date: Any, _changes: Any) -> dict[str, Any]:
        return {"demand": demands.ask(item.task_id, by=by, kind=kind, words=words, wanted_by=by_date)}

    return effect


def _supervise(
    item: ReviewItem, review: Review, by: User, words: str, by_date: datetime.date | None, _changes: Any
) -> dict[str, Any]:
    if by_date is None:
        raise InvalidInput(_("A notice needs a limit: give the date."), field="by_date")
    return {"notice": notices.issue(item.task_id, by=by, demand=words, limit_on=by_date, basis=review.name)}


def _settle(approved: bool) -> Any:
    def effect(item: ReviewItem, review: Review, by: User, words: str, *_rest: Any) -> dict[str, Any]:
        request = ChangeRequest.objects.filter(task=item.task_id, state=RequestState.OPEN).first()
        if request is None:
            raise MoveRefused(_("No change request is open on this task."))
        body = {"approving_body": review.plan.government.name, "basis_document": basis_of(review)} if approved else {}
        return {"change": requests.decide(request.pk, by=by, approved=approved, note=words, **body)}

    return effect


def _adjust(
    item: ReviewItem, review: Review, by: User, words: str, _by_date: Any, changes: Mapping[str, Any]
) -> dict[str, Any]:
    body = review.plan.government.name
    change = requests.order(
        item.task_id, by=by, reason=words, changes=changes, approving_body=body, basis_document=basis_of(review)
    )
    return {"change": change}


def basis_of(review: Review) -> str:
    """What a change rests on that a meeting decided: the meeting with its date."""
    return f"{review.name}，{review.on:%Y-%m-%d}"


EFFECTS = {
    DecisionKind.NOTE: _note,
    DecisionKind.URGE: _demand("urge"),
    DecisionKind.REPORT: _demand("report"),
    DecisionKind.SUPERVISE: _supervise,
    DecisionKind.APPROVE: _settle(approved=True),
    DecisionKind.REFUSE: _settle(approved=False),
    DecisionKind.ADJUST: _adjust,
}


@transaction.atomic
def close(review_id: int, *, by: User, version: int | None = None) -> ReviewPicture:
    """End the review: freeze every task of the plan with all labels, and enter the chair's duty.

    What is typed and not recorded is refused by number, so that nothing is lost by closing.
    """
    review = locked(review_id, version)
    permissions.check_conduct(by, review)
    unsaid = [item.task.code for item in review.items.select_related("task") if item.draft]
    if unsaid:
        raise MoveRefused(
            _("Not recorded yet: what was typed on %(codes)s. Record it, or empty it there.")
            % {"codes": ", ".join(sorted(unsaid))}
        )
    before = review.pictures.order_by("-version").first()
    text, number = picture.freeze(review, by)
    previous = before.digest if before else ""
    kept = ReviewPicture(
        review=review,
        version=before.version + 1 if before else 1,
        data=text,
        tasks=number,
        taken_at=clock.now(),
        taken_by=by,
        previous_digest=previous,
        digest=picture.digest_of(text, previous),
    )
    kept.save(force_insert=True)
    opened = review.opened_at or clock.now()
    _save(review, state=ReviewState.CLOSED, opened_at=opened, closed_at=clock.now(), closed_by=by)
    duties.of_review(review, by=by)
    return kept


@transaction.atomic
def reopen(review_id: int, *, by: User, reason: str, version: int | None = None) -> Review:
    """Open a closed review again; its picture stays, and the next closing adds a version. The notes say why."""
    review = locked(review_id, version)
    permissions.check_reopen(by, review)
    text = clean(reason).strip()
    if not text:
        raise InvalidInput(_("Say why the review is opened again."), field="reason")
    refuse_marks({"reason": text}, by=by)
    said = _("Opened again on %(date)s by %(who)s: %(reason)s") % {
        "date": clock.today().isoformat(),
        "who": by,
        "reason": text,
    }
    notes = f"{review.notes}\n{said}".strip()
    _refuse_length("notes", notes)
    _save(review, state=ReviewState.OPEN, closed_at=None, closed_by=None, notes=notes)
    return review
