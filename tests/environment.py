"""The environment of the tests, set before the settings are read: nothing of the developer's own `.env` counts."""

import os

os.environ.update(
    DEBUG="true",
    SECRET_KEY="only-for-tests-" + "0123456789" * 5,
    DEMONSTRATION="false",
    DEMONSTRATION_DATE="",
    LOG_LEVEL="CRITICAL",
)
