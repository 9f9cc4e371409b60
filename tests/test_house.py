"""Rules of the house that no tool checks: read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.querysets import GATED_FIELDS

ROOT = Path(__file__).resolve().parents[1]
GATE = "tracker/services/tasks.py"
# A link to a measure has a "confirmed_by" too; all other names are a task's alone.
OF_A_TASK = ({name.removesuffix("_id") for name in GATED_FIELDS} | set(GATED_FIELDS)) - {"confirmed_by"}
WRITING = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "gate_update", "update_past_guard"}
PAST_THE_GUARD = {"gate_update", "update_past_guard"}


def sources() -> list[Path]:
    found = [path for folder in ("config", "tracker", "reports") for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, what) of every write of a gated field: by attribute, by setattr, or by a call that stores."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in (inner for outer in targets for inner in ast.walk(outer)):
                if isinstance(target, ast.Attribute) and target.attr in OF_A_TASK:
                    yield node.lineno, f".{target.attr} ="
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, what) for what in written_by(node))


def written_by(call: ast.Call) -> list[str]:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if named in PAST_THE_GUARD:
        return [f"{named}()"]
    if named == "setattr" and isinstance(call.args[1], ast.Constant) and call.args[1].value in OF_A_TASK:
        return [f"setattr {call.args[1].value}"]
    if named in WRITING:
        return [f"{named}({word.arg}=)" for word in call.keywords if word.arg in OF_A_TASK]
    return []


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_nothing_but_the_gate_writes_what_the_gate_keeps(path):
    if name_of(path) in (GATE, "tracker/querysets/tasks.py"):
        return
    assert list(writes(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "line",
    [
        "task.status = 'completed'",
        "task.progress += 1",
        "a, task.returned = 1, True",
        "setattr(task, 'completed_on', day)",
        "Task.objects.filter(pk=1).update(status='completed')",
        "Task.objects.create(raised_light='red')",
        "tasks.update_past_guard(**values)",
        "tasks.gate_update(1)",
    ],
)
def test_such_a_write_would_be_seen(line):
    assert list(writes(ast.parse(line)))


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_raw_sql_stands_only_where_the_database_itself_is_meant(path):
    allowed = {"tracker/appendonly.py", "tracker/checks.py", "tracker/services/history.py"}
    calls = [
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    raw = {"execute", "executemany", "raw", "extra", "RawSQL"} & set(calls)
    assert not raw or name_of(path) in allowed


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_today_is_asked_of_the_clock_alone(path):
    if name_of(path) == "tracker/clock.py":
        return
    asked = [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in NOW
    ]
    assert asked == []


NOW = {
    "timezone.now",
    "timezone.localdate",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.now",
    "datetime.today",
}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_history_is_never_a_signal(path):
    text = path.read_text(encoding="utf-8")
    assert not {"post_save", "pre_save", "post_delete", "m2m_changed"} & set(text.replace(".", " ").split())


def test_the_walk_sees_the_source():
    assert {GATE, "tracker/admin/task.py", "tracker/views/tasks.py", "config/settings.py"} <= set(
        map(name_of, sources())
    )
