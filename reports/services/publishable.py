"""What a published text should rather not hold: data of persons and words of a draft. Whoever passes it decides."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from reports.models import LeaderDuty, Review
from tracker.models import Plan, Task, User
from tracker.texts import clean, enumeration

TELEPHONE = re.compile(
    r"(?<!\d)1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)"
    r"|(?<!\d)0\d{2,3}[\s)）－—-]{0,2}\d{7,8}(?!\d)"
    r"|(?:电话|热线|联系方式|手机)\D{0,6}\d{7,8}(?!\d)"
)
# A citizen's number of 18 digits (GB 11643): place, day of birth, order, check digit.
IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}[\s-]?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[\s-]?\d{3}[\dXx](?![\dA-Za-z])"
)
SAMPLE = re.compile("示例|样例|样本数据|测试|待核|待定|待补|[×xX]{2,}|某某")
SHORTEST_NAME = 2

Concern = tuple[str, str]


def names_of(plan: Plan) -> list[str]:
    """Names of persons of the plan's government: of accounts, accountable leaders, duties and chairs; one statement."""
    people = User.objects.filter(unit__government=plan.government_id).order_by().values_list("display_name")
    leaders = Task.objects.filter(plan=plan).order_by().values_list("accountable_leader")
    duties = LeaderDuty.objects.filter(plan=plan).order_by().values_list("leader")
    chairs = Review.objects.filter(plan=plan).order_by().values_list("chair")
    return sorted(name for (name,) in people.union(leaders, duties, chairs) if len(name) >= SHORTEST_NAME)


def concerns(text: str, names: Iterable[str]) -> list[Concern]:
    """(kind, the words found), each once; digits of full width are digits."""
    text = clean(text)
    narrow = unicodedata.normalize("NFKC", text)
    found = [("telephone", match.group()) for match in TELEPHONE.finditer(narrow)]
    found += [("identity", match.group()) for match in IDENTITY.finditer(narrow)]
    found += [("names", name) for name in names if name in text]
    found += [("sample", match.group()) for match in SAMPLE.finditer(text)]
    return list(dict.fromkeys(found))


def told(found: Sequence[Concern]) -> list[str]:
    """The concerns in words, one sentence for each kind."""
    sentences = {
        "telephone": _("a telephone number: %(words)s"),
        "identity": _("a number of an identity card: %(words)s"),
        "names": _("names of persons: %(words)s"),
        "sample": _("words of a draft: %(words)s"),
    }
    kinds = {kind: enumeration(words for of, words in found if of == kind) for kind in sentences}
    return [sentences[kind] % {"words": words} for kind, words in kinds.items() if words]


def mark_of(found: Sequence[Concern]) -> str:
    """SHA-256 (hex) over the concerns; "" for none. Who publishes all the same says so of these and of no others."""
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest() if found else ""
