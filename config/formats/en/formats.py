"""English: 15 Sep 2025, as everywhere on the pages."""

DATE_FORMAT = "j M Y"
