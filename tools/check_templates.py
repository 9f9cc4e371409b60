"""Every template compiles, and none carries inline script or style."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
INLINE = re.compile(r"<style[ >]|<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def main() -> int:
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings", DEBUG="true")
    import django
    from django.template import TemplateSyntaxError, engines

    django.setup()
    problems = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        try:
            engines["django"].from_string(text)
        except TemplateSyntaxError as error:
            problems.append(f"{name}: {error}")
        problems += [f"{name}: inline {match.group().strip()}" for match in INLINE.finditer(text)]
    print("\n".join(problems) or "templates: all compile")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
