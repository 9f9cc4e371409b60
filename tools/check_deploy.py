"""`manage.py check --deploy` of a production-like start gives no warning."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DEBUG": "false",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "ALLOWED_HOSTS": "tracker.example.gov.cn",
            "VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/check.sqlite3",
        }
        environment.pop("DEMONSTRATION", None)
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
        checks = [*manage, "check", "--deploy", "--fail-level", "WARNING", "--database", "default"]
        return subprocess.run(checks, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
