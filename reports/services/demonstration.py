"""What the demonstration shows of reviews and duties, played after the tasks have had their year."""

from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.services import duties
from tracker import clock
from tracker.exceptions import DatasetError, Refusal
from tracker.models import Plan, User
from tracker.services.imports import read_toml

STORY = "reports.toml"


def play(folder: Path, plan: Plan) -> None:
    """Play `reports.toml` of the folder, where there is one.

    Raises DatasetError naming the entry when it is refused.
    """
    if not (folder / STORY).exists():
        return
    for entry in read_toml(folder / STORY).get("duty", []):
        _duty(plan, entry)


def _duty(plan: Plan, entry: dict[str, Any]) -> None:
    by = User.objects.select_related("unit").get(username=entry["by"])
    values = {name: entry[name] for name in duties.FIELDS if name in entry}
    with clock.at(timezone.make_aware(entry["added_at"])):
        try:
            duties.add(plan, by=by, **values)
        except Refusal as refusal:
            words = {"date": entry["on"], "refusal": refusal}
            raise DatasetError(_("Duty of %(date)s: %(refusal)s") % words) from refusal
