"""`make bench`: what the pages cost at 3,000 tasks, under gunicorn with two workers.

Prints per page the CPU time of the workers per request and the median latency, and both as multiples of the
cheapest signed-in page of the same stack, which is asked for in turn with each page, in runs, so that
whatever else the machine does weighs on both alike. Speed is measured here and nowhere tested.
"""

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
TASKS = int(os.environ.get("BENCH_TASKS", "3000"))
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "60"))
LINES = 10  # of history, for each task
RUN = 20  # what a worker does after its answer is counted with the next request, mostly one of the same page
WARM_UP = 10  # both workers have compiled the page's templates before anything is counted
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment(Path(folder))
        import django

        django.setup()
        plan_id, task_id, cookies = prepare()
        port = free_port()
        server = start_server(port)
        try:
            measure(port, server.pid, pages(plan_id, task_id), cookies)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)


def environment(folder: Path) -> None:
    """A production-like start on a database of its own (DATABASE_URL is kept where it is given)."""
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        DEBUG="false",
        SECRET_KEY="bench-" + "x" * 60,
        ALLOWED_HOSTS="127.0.0.1",
        HTTPS="false",
        DEMONSTRATION="true",
        DEMONSTRATION_DATE="2025-09-15",
        DEMO_PASSWORD="Bench-2025-pass",
        VAR_DIR=str(folder),
    )


def prepare() -> tuple[int, int, dict[str, str]]:
    """Fill the database; returns plan, a task that its unit can report on, and the cookies of that contributor."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.middleware.csrf import _get_new_csrf_string

    from tests.bench import fill
    from tracker.enums import Status
    from tracker.models import Plan, Task, User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("demo", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    plan = Plan.objects.get()
    count = fill.repeat_tasks(plan, TASKS)
    fill.repeat_history(plan, LINES)
    fill.analyse()
    task = Task.objects.filter(plan=plan, status=Status.IN_PROGRESS, lead_unit__code="qzwj").first()
    user = User.objects.get(username="staff-qzwj")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "tracker.authentication.UnitBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print(f"{count} tasks, {fill.lines_of_history()} lines of history")
    return plan.pk, task.pk, {"sessionid": session.session_key, "csrftoken": _get_new_csrf_string()}


def pages(plan: int, task: int) -> list[tuple[str, str, str]]:
    """(name, method, path); the first is the cheapest signed-in page."""
    filters = urllib.parse.urlencode({"status": "in_progress", "nature": "continuous", "q": "推进", "per_page": 50})
    return [
        ("cheapest signed-in page", "GET", "/accounts/password/done/"),
        ("ledger, 50 rows, three filters", "GET", f"/plans/{plan}/ledger/?{filters}"),
        ("task page", "GET", f"/tasks/{task}/"),
        ("status update", "POST", f"/tasks/{task}/report/"),
        ("ledger, 50 rows", "GET", f"/plans/{plan}/ledger/"),
        ("home", "GET", f"/plans/{plan}/"),
        ("living report", "GET", f"/plans/{plan}/report/"),
        ("ledger as of a past day", "GET", f"/plans/{plan}/ledger/?as_of=2025-06-30"),
        ("trace", "GET", f"/plans/{plan}/trace/"),
        ("overview", "GET", f"/plans/{plan}/overview/"),
        ("overview as of a past day", "GET", f"/plans/{plan}/overview/?as_of=2025-06-30"),
        ("evidence library", "GET", f"/plans/{plan}/evidence/"),
    ]


def measure(port: int, pid: int, wanted: list[tuple[str, str, str]], cookies: dict[str, str]) -> None:
    print(f"{'page':34}{'CPU ms':>9}{'×':>7}{'median ms':>11}{'×':>7}")
    for page in wanted:
        for _warm in range(WARM_UP):
            request(port, "GET", page[2], cookies)
        base_ticks, ticks, base_waits, waits = 0, 0, [], []
        for _run in range(max(1, REQUESTS // RUN)):
            base_ticks += sample(port, pid, wanted[0], cookies, base_waits)
            ticks += sample(port, pid, page, cookies, waits)
        each, wait = ticks / TICKS / len(waits) * 1000, statistics.median(waits)
        print(
            f"{page[0]:34}{each:9.2f}{ticks / base_ticks:7.2f}"
            f"{wait * 1000:11.2f}{wait / statistics.median(base_waits):7.2f}"
        )


def sample(port: int, pid: int, page: tuple[str, str, str], cookies: dict[str, str], waits: list[float]) -> int:
    """Clock ticks of the workers for one run of requests; their latencies in seconds are added to `waits`.

    Before an update the form is fetched for its version; that fetch is not counted.
    """
    _name, method, path = page
    ticks = 0
    for _ in range(RUN):
        version = current_version(port, path, cookies) if method == "POST" else ""
        before, started = cpu_of(pid), time.perf_counter()
        request(port, method, path, cookies, version)
        waits.append(time.perf_counter() - started)
        ticks += cpu_of(pid) - before
    return ticks


def current_version(port: int, path: str, cookies: dict[str, str]) -> str:
    body = request(port, "GET", path, cookies)
    found = re.search(r'name="version"[^>]*value="(\d+)"', body) or re.search(r'value="(\d+)"[^>]*name="version"', body)
    if found is None:
        raise SystemExit(f"no version on {path}")
    return found.group(1)


def request(port: int, method: str, path: str, cookies: dict[str, str], version: str = "") -> str:
    """One request; the update sends a plain report. Anything but success ends the benchmark."""
    data = None
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if method == "POST":
        if not version:
            return ""
        fields = {
            "csrfmiddlewaretoken": cookies["csrftoken"],
            "version": version,
            "progress": "60",
            "summary": "试办事项联调",
        }
        data = urllib.parse.urlencode(fields).encode()
    call = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers=headers, method=method)
    with NO_REDIRECT.open(call, timeout=30) as answer:
        return str(answer.read().decode())


class KeepRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect after a POST is the answer; following it would be measured too."""

    def http_error_302(self, req, fp, code, msg, headers):  # type: ignore[no-untyped-def]
        if "/accounts/login/" in headers.get("Location", ""):
            raise SystemExit("signed out")
        return fp


NO_REDIRECT = urllib.request.build_opener(KeepRedirect)


def cpu_of(pid: int) -> int:
    """Clock ticks (user and system) of the server's workers."""
    total = 0
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total


def start_server(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(1)
            return server
    raise SystemExit("the server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
