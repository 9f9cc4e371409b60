"""The environment of the tests, set before the settings are read: nothing of the developer's own `.env` counts."""

import atexit
import os
import shutil
import tempfile

os.environ.update(
    DEBUG="true",
    SECRET_KEY="only-for-tests-" + "0123456789" * 5,
    DEMONSTRATION="false",
    DEMONSTRATION_DATE="",
    LOG_LEVEL="CRITICAL",
    EMAIL_URL="consolemail://",
    EMAIL_FROM="",
    SITE_ADDRESS="https://tracker.example.gov.cn",
    QUIET_WEEKDAYS="6,7",
    QUIET_DAYS="",
)
# Each run has a folder of its own for its database files; workers share the one of the run that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="plan-tracker-tests-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
