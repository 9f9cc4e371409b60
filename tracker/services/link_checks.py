"""Looking after the web addresses of evidence: which to look at, how, and what is made of what was found."""

import datetime
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from tracker import clock, permissions
from tracker.enums import EventKind, LinkHealth, PlanState, Verdict
from tracker.exceptions import InvalidInput, MoveRefused
from tracker.fetching import FAILED, Look, Outcome, host_of, look
from tracker.models import AddressCheck, AddressTurn, Evidence, EvidenceUse, JobRun, User
from tracker.services import tasks
from tracker.services.secrecy import refuse_marks

JOB = "check_links"
# A second failure bears the first one out only after this time; no item is looked at again sooner.
BETWEEN = datetime.timedelta(hours=3)
MOST_CONNECTIONS = 20
PAUSE_SECONDS = 0.2
LONGEST_REASON = 500

Items = list[tuple[int, str]]


@dataclass(frozen=True)
class Found:
    """One address as it was looked at, with the items (keys) that name it."""

    items: tuple[int, ...]
    look: Look


def due() -> Items:
    """(key, address) of the items to be looked at now: of plans in use, not replaced, not looked at of late.

    What a run that was broken off has seen already is not due, so that the next one goes on where it stopped.
    """
    recent = AddressCheck.objects.filter(evidence=OuterRef("pk"), checked_at__gt=clock.now() - BETWEEN)
    rows = Evidence.objects.exclude(address="").filter(replaced_by__isnull=True, plan__state=PlanState.ACTIVE)
    return list(rows.exclude(Exists(recent)).order_by("pk").values_list("pk", "address"))


def run(items: Items, *, told: Callable[[int], object] = lambda number: None) -> dict[str, int]:
    """Look at every item and record what was found; {outcome: number of items}. `told` hears of each look.

    At most MOST_CONNECTIONS at a time and one at a time for each host. Each look is recorded at once; the run
    itself is kept as a row.
    """
    kept = JobRun.objects.create(name=JOB, started_at=clock.now())
    counts: dict[str, int] = {str(outcome): 0 for outcome in Outcome}
    for found in _looks(items):
        record(found)
        counts[found.look.outcome] += len(found.items)
        told(len(found.items))
    kept.ended_at, kept.counts = clock.now(), {name: number for name, number in counts.items() if number}
    kept.save(update_fields=["ended_at", "counts"])
    return counts


def _looks(items: Items) -> Iterator[Found]:
    """The looks as they come in. Threads only fetch; whoever takes the looks writes them down."""
    hosts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, address in items:
        hosts[host_of(address)][address].append(key)
    waiting: queue.SimpleQueue[dict[str, list[int]]] = queue.SimpleQueue()
    for addresses in sorted(hosts.values(), key=len, reverse=True):
        waiting.put(addresses)
    found: queue.SimpleQueue[Found | BaseException] = queue.SimpleQueue()
    stopped, allowed = threading.Event(), frozenset(settings.CHECK_LINKS_HOSTS)
    for _worker in range(min(MOST_CONNECTIONS, len(hosts))):
        threading.Thread(target=_work, args=[waiting, found, stopped, allowed], daemon=True).start()
    try:
        for _address in range(sum(len(addresses) for addresses in hosts.values())):
            came = found.get()
            if isinstance(came, BaseException):
                raise came
            yield came
    finally:
        stopped.set()


def _work(
    waiting: "queue.SimpleQueue[dict[str, list[int]]]",
    found: "queue.SimpleQueue[Found | BaseException]",
    stopped: threading.Event,
    allowed: frozenset[str],
) -> None:
    """Take hosts until none is left; pause between two looks at the same one."""
    try:
        while not stopped.is_set():
            try:
                addresses = waiting.get_nowait()
            except queue.Empty:
                return
            for number, (address, keys) in enumerate(addresses.items()):
                if stopped.is_set():
                    return
                if number:
                    time.sleep(PAUSE_SECONDS)
                found.put(Found(tuple(keys), look(address, allowed=allowed)))
    except BaseException as error:  # whoever waits for this thread must hear of it
        found.put(error)


@transaction.atomic
def record(found: Found) -> None:
    """Write a look into the rows of all items that name the address."""
    accepted = EvidenceUse.objects.filter(evidence=OuterRef("pk"), verdict=Verdict.ACCEPTED)
    items = Evidence.objects.filter(pk__in=found.items).annotate(is_accepted=Exists(accepted))
    checks = {check.evidence_id: check for check in AddressCheck.objects.filter(evidence__in=found.items)}
    for item in items:
        check = checks.get(item.pk) or AddressCheck(evidence=item)
        settle(check, found.look, clock.now(), accepted=item.is_accepted)
        check.save()
        _keep_turn(check)


def _keep_turn(check: AddressCheck) -> None:
    """Keep for good from when on something else is said of the address, so that a past day can be shown."""
    turns = AddressTurn.objects.filter(evidence=check.evidence_id).order_by("-at", "-pk")
    if turns.values_list("health", flat=True).first() != check.health:
        AddressTurn.objects.create(evidence_id=check.evidence_id, at=clock.now(), health=check.health)


def settle(check: AddressCheck, seen: Look, now: datetime.datetime, *, accepted: bool) -> None:
    """Write a look into an item's row; `accepted` says whether the item was accepted anywhere.

    What this server was not let in to see changes nothing of what is known.
    """
    check.checked_at, check.outcome = now, seen.outcome.value
    check.status_code, check.final_address = seen.status, seen.address[:1000]
    if seen.outcome in FAILED:
        check.failed_since = check.failed_since or now
        if check.dead_since is None and now - check.failed_since >= BETWEEN:
            check.dead_since = now
        return
    if seen.outcome != Outcome.ALIVE:
        return
    check.failed_since = check.dead_since = None
    _compare(check, seen.digest, now, accepted=accepted)


def _compare(check: AddressCheck, digest: str, now: datetime.datetime, *, accepted: bool) -> None:
    """Against the words that were accepted; those found first after an acceptance are taken for them."""
    before, check.digest = check.digest, digest
    if accepted and not check.accepted_digest:
        check.accepted_digest = before or digest
    if not check.accepted_digest or digest == check.accepted_digest:
        check.changed_at = None
    elif digest == before:
        check.changed_at = check.changed_at or now


def refuse_changed(evidence: Evidence) -> None:
    """Raise MoveRefused where other words were accepted than the item's page has now, and stand somewhere.

    Accepting it for one more task would else say of all of them, unread, that the page still proves what it proved.
    """
    check = AddressCheck.objects.select_for_update(of=("self",)).filter(evidence=evidence).first()
    if check is None or check.health != LinkHealth.CHANGED or not _stands(evidence):
        return
    words = _(
        "The page of %(item)s has changed since it was accepted. First look at it again on the page of the item, for "
        "all tasks that stand on it; then it can be accepted here."
    )
    raise MoveRefused(words % {"item": evidence.number})


def _stands(evidence: Evidence) -> bool:
    return EvidenceUse.objects.filter(evidence=evidence, verdict=Verdict.ACCEPTED).exists()


def accept_words(evidence: Evidence) -> None:
    """The item is being accepted: what its page says at the last look is what is accepted.

    Called before the verdict is written. Where an earlier acceptance stands, its words stay those accepted.
    """
    check = AddressCheck.objects.filter(evidence=evidence).first()
    if check is not None and check.digest and not (check.accepted_digest and _stands(evidence)):
        check.accepted_digest, check.changed_at = check.digest, None
        check.save(update_fields=["accepted_digest", "changed_at"])
        _keep_turn(check)


@transaction.atomic
def look_again(evidence_id: int, *, by: User, reason: str) -> AddressCheck:
    """A reviewer has read a page that changed after its acceptance: it still proves what it proved.

    Raises NotPermitted as judging does, MoveRefused when nothing has changed, InvalidInput without a word on what
    was found. A line in the history of every task that stands on the item says so. What no longer proves anything is
    rejected on its task instead.
    """
    uses = EvidenceUse.objects.filter(evidence=evidence_id, verdict=Verdict.ACCEPTED).order_by("task")
    for task in uses.values_list("task", flat=True):
        tasks.locked(task, None)
    check = (
        AddressCheck.objects.select_for_update(of=("self",)).select_related("evidence__plan").get(evidence=evidence_id)
    )
    permissions.check_look_again(by, check.evidence)
    if check.health != LinkHealth.CHANGED:
        raise MoveRefused(_("The page has not changed since it was accepted."))
    text = reason.strip()
    if not text:
        raise InvalidInput(_("Say what has changed on the page and why it still proves the claim."), field="reason")
    if len(text) > LONGEST_REASON:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": LONGEST_REASON}, field="reason")
    refuse_marks({"reason": text}, by=by)
    check.accepted_digest, check.changed_at = check.digest, None
    check.save(update_fields=["accepted_digest", "changed_at"])
    _keep_turn(check)
    detail = _("%(item)s: the changed page was looked at again") % {"item": check.evidence.number}
    for use in uses:
        tasks.note(use.task_id, EventKind.EVIDENCE_JUDGE, by=by, detail=detail, reason=text)
    return check
