"""`make messages`: collect the texts of the project into the Chinese catalogue and compile it.

Needs xgettext (gettext). Existing translations are kept; texts that are gone are dropped.
"""

import os
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = {
    "Project-Id-Version": "plan-tracker",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def main() -> None:
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-obsolete", "--no-wrap"]
    command += ["--add-location", "never", "-i", ".venv", "-i", "var", "-i", "tests"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DEBUG": "true"}, check=True)
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=0)
    for entry in catalogue:
        if "fuzzy" in entry.flags:  # a guess from a similar text is worse than none
            entry.msgstr, entry.msgstr_plural = "", {0: ""} if entry.msgid_plural else {}
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    catalogue.metadata = HEADER
    catalogue.save()
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


if __name__ == "__main__":
    main()
