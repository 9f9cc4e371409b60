"""Progress reviews: prepared, held, closed; every decision takes effect at once, through the tracker's own services.

Each function is one transaction. Raise NotPermitted, MoveRefused, InvalidInput or Stale, each with a sentence;
nothing is written then. `version` is that of the review that the person had on the screen, None for "as it is now".
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from tracker.exceptions import BrokenChain, InvalidInput, MoveRefused, Stale
from tracker.models import ChangeRequest, Plan, Task, User
from tracker.services import demands, notices, plans, requests, tasks
from tracker.services.rollover import Obstacle
from tracker.services.secrecy import refuse_marks
from tracker.texts import clean, enumeration

EDITABLE = ("kind", "since", "until", "on", "chair", "participants", "notes", "order")
LONGEST_WORDS = Decision._meta.get_field("words").max_length or 0


def locked(review_id: int, version: int | None = None) -> Review:
    """The review, locked until the transaction ends. Raises Stale when its version is no longer `version`."""
    review: Review = (
        Review.objects.select_for_update(of=("self",), no_key=True)
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
    # Two that are prepared at once must not take the same number, and none begins in a plan that is being closed.
    plans.hold(plan)
    permissions.check_prepare(by, plan)
    last = Review.objects.filter(plan=plan).aggregate(number=Max("number"), until=Max("until"))
    since = last["until"] + datetime.timedelta(days=1) if last["until"] else plan.starts_on
    given = {
        "since": min(since, on),
        "until": max(on, plan.starts_on),
        **values,
        "kind": kind,
        "on": on,
        "chair": chair,
    }
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
    for name in ("since", "until"):
        if name in fields and not plan.starts_on <= fields[name] <= _last_day(plan):
            raise InvalidInput(_("The period of the review lies outside the plan year."), field=name)
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
    item, review = _item(item_id)
    permissions.check_conduct(by, review)
    if item.decisions.exists():
        raise MoveRefused(_("Something was decided on this task already; it stays on the agenda."))
    if item.draft:
        raise MoveRefused(_("Something is typed on this task and not recorded yet; it stays on the agenda."))
    item.delete()


def obstacles(plan: Plan) -> list[Obstacle]:
    """Reviews that keep a plan from being closed: their agenda could never be settled afterwards."""
    found = []
    for review in Review.objects.filter(plan=plan).exclude(state=ReviewState.CLOSED).order_by("number"):
        review.plan = plan
        words = _("%(review)s is not closed.") % {"review": review}
        found.append(Obstacle(words, review.get_absolute_url()))
    return found


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
    """Keep what a person types on an item and has not recorded yet: nothing is lost when the machine goes off."""
    item, review = _item(item_id)
    permissions.check_conduct(by, review)
    kept = {name: clean(values.get(name, ""))[:LONGEST_WORDS] for name in ("kind", "words", "by_date")}
    refuse_marks({"words": kept["words"]}, by=by, task=item.task)
    _drop_draft(item, by)
    if kept["words"].strip() or kept["by_date"]:
        item.draft[str(by.pk)] = {**kept, "by": str(by)}
    item.save(update_fields=["draft"])
    return item


def _drop_draft(item: ReviewItem, by: User) -> None:
    """What this person typed is done with; what others typed stays."""
    item.draft.pop(str(by.pk), None)


def _item(item_id: int) -> tuple[ReviewItem, Review]:
    """An item with its review, the review locked. Raises MoveRefused when somebody took the item off meanwhile."""
    found = ReviewItem.objects.filter(pk=item_id).values_list("review", flat=True).first()
    if found is not None:
        review = locked(found)
        rows = ReviewItem.objects.select_related("task__plan__government", "task__lead_unit")
        item: ReviewItem | None = rows.filter(pk=item_id).first()
        if item is not None:
            return item, review
    raise MoveRefused(_("Somebody has taken this task off the agenda."))


@transaction.atomic
def decide(
    item_id: int,
    *,
    by: User,
    kind: str,
    words: str = "",
    by_date: datetime.date | None = None,
    changes: Mapping[str, Any] | None = None,
    version: int | None = None,
    request: int | None = None,
) -> Decision:
    """Record what the meeting decides on a task, and let it take effect at once.

    Urge and report become demands on the lead unit, supervise a blue notice, approve and refuse decide the open
    change request, adjust writes `changes` ({field: new stored value}) as a change of the meeting's own. A note
    becomes a line of the task's history when the review is closed: until then it is for those who conduct it. A
    prepared review is opened by its first decision.

    `version` of the task and `request` (key of the open change request) are those that stood on the screen: what was
    changed or asked since is not decided unseen.
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
    act = Act(item, review, by, text, by_date, changes or {}, version, request)
    effect = EFFECTS[DecisionKind(kind)](act)
    decision = Decision.objects.create(
        item=item, kind=kind, words=text, by_date=by_date, by=by, at=clock.now(), **effect
    )
    _drop_draft(item, by)
    item.save(update_fields=["draft"])
    return decision


@dataclass(frozen=True)
class Act:
    """What is decided on an item, ready to take effect."""

    item: ReviewItem
    review: Review
    by: User
    words: str
    by_date: datetime.date | None
    changes: Mapping[str, Any]
    version: int | None
    request: int | None


def _note(act: Act) -> dict[str, Any]:
    return {}


def _demand(kind: str) -> Callable[[Act], dict[str, Any]]:
    def effect(act: Act) -> dict[str, Any]:
        demand = demands.ask(act.item.task_id, by=act.by, kind=kind, words=act.words, wanted_by=act.by_date)
        return {"demand": demand}

    return effect


def _supervise(act: Act) -> dict[str, Any]:
    if act.by_date is None:
        raise InvalidInput(_("A notice needs a limit: give the date."), field="by_date")
    sheet: dict[str, Any] = {"demand": act.words, "limit_on": act.by_date, "basis": act.review.name}
    return {"notice": notices.issue(act.item.task_id, by=act.by, **sheet)}


def _settle(approved: bool) -> Callable[[Act], dict[str, Any]]:
    def effect(act: Act) -> dict[str, Any]:
        request = ChangeRequest.objects.filter(task=act.item.task_id, state=RequestState.OPEN).first()
        if request is None:
            raise MoveRefused(_("No change request is open on this task."))
        if act.request is not None and act.request != request.pk:
            raise MoveRefused(_("Another request was made after you opened this screen. Look at it, then decide."))
        body = _body(act.review) if approved else {}
        return {"change": requests.decide(request.pk, by=act.by, approved=approved, note=act.words, **body)}

    return effect


def _adjust(act: Act) -> dict[str, Any]:
    given: dict[str, Any] = {"reason": act.words, "changes": act.changes, "version": act.version, **_body(act.review)}
    return {"change": requests.order(act.item.task_id, by=act.by, **given)}


def _body(review: Review) -> dict[str, str]:
    return {"approving_body": review.plan.government.name, "basis_document": basis_of(review)}


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
def close(review_id: int, *, by: User, version: int | None = None, drop_drafts: bool = False) -> ReviewPicture:
    """End the review: freeze every task of the plan with all labels, and enter the chair's duty.

    What is typed and not recorded is refused by number, so that nothing is lost by closing, unless `drop_drafts` says
    that it may. Raises MoveRefused before the day of the review.
    """
    review = locked(review_id, version)
    permissions.check_conduct(by, review)
    if review.on > clock.today():
        raise MoveRefused(_("The day of the review, %(date)s, has not come yet.") % {"date": review.on.isoformat()})
    _settle_drafts(review, drop_drafts)
    _write_notes(review)
    opened, now = review.opened_at or clock.now(), clock.now()
    _save(review, state=ReviewState.CLOSED, opened_at=opened, closed_at=now, closed_by=by)
    before = review.pictures.order_by("-version").first()
    text, number = picture.freeze(review, by)
    # One chain through the pictures of a plan: one that is missing or altered shows in the next.
    previous = _last_digest(review.plan)
    kept = ReviewPicture(
        review=review,
        version=before.version + 1 if before else 1,
        data=text,
        tasks=number,
        taken_at=now,
        taken_by=by,
        previous_digest=previous,
        digest=picture.digest_of(text, previous),
    )
    kept.save(force_insert=True)
    duties.of_review(review, by=by)
    return kept


def _settle_drafts(review: Review, drop: bool) -> None:
    drafted = [item for item in review.items.select_related("task") if item.draft]
    if drafted and not drop:
        told = [f"{item.task.code}（{enumeration(kept['by'] for kept in item.draft.values())}）" for item in drafted]
        raise MoveRefused(
            _("Not recorded yet: what was typed on %(codes)s. Record it, or empty it there.")
            % {"codes": enumeration(sorted(told))}
        )
    for item in drafted:
        item.draft = {}
    ReviewItem.objects.bulk_update(drafted, ["draft"])


def _write_notes(review: Review) -> None:
    """Notes decided since the last closing become lines of the tasks' histories, which everyone reads."""
    last = review.pictures.order_by("-version").values_list("taken_at", flat=True).first()
    rows = Decision.objects.filter(item__review=review, kind=DecisionKind.NOTE).select_related("item", "by__unit")
    for decision in rows.order_by("at", "pk"):
        if last is None or decision.at > last:
            detail = {"detail": review.name, "reason": decision.words}
            tasks.note(decision.item.task_id, EventKind.REVIEW, by=decision.by, **detail)


def _last_digest(plan: Plan) -> str:
    pictures = ReviewPicture.objects.filter(review__plan=plan).order_by("-pk")
    return pictures.values_list("digest", flat=True).first() or ""


def verify_pictures() -> None:
    """Walk the chain of pictures of every plan. Raises BrokenChain naming the first that does not fit."""
    previous: dict[int, str] = {}
    for kept in ReviewPicture.objects.select_related("review__plan__government").order_by("pk").iterator(chunk_size=20):
        plan = kept.review.plan_id
        fits = kept.previous_digest == previous.get(plan, "")
        if not fits or kept.digest != picture.digest_of(kept.data, kept.previous_digest):
            words = {"plan": kept.review.plan, "review": kept.review, "version": kept.version}
            raise BrokenChain(_("%(plan)s, %(review)s: picture %(version)d does not fit its digest") % words)
        previous[plan] = kept.digest


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
