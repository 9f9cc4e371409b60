"""How much of a spreadsheet is read. Every limit is far above what a government's ledger holds."""

MOST_BYTES = 10 * 1024 * 1024
"""Bytes of the uploaded file."""

MOST_ROWS = 10_000
"""Rows below the head that hold anything."""

MOST_LINES = 30_000
"""Lines of the sheet that are looked at, blank ones included."""

MOST_BLANK = 200
"""Blank lines in a row after which the sheet counts as ended: a single stray cell may stand in line 1,048,576."""

MOST_COLUMNS = 60
"""Columns from the left that are read; what stands further right is not seen."""

MOST_CELL = 5_000
"""Characters of one cell in a column that is understood."""

HEAD_LINES = 10
"""Lines from the top among which the head must stand."""

MOST_UNPACKED = 128 * 1024 * 1024
"""Bytes of all parts of a workbook together, unpacked."""

MOST_RATIO = 200
"""Unpacked bytes for each byte of the file, from RATIO_FROM on."""

RATIO_FROM = 8 * 1024 * 1024
"""Unpacked bytes below which any ratio passes: a short file of blanks packs very well and harms nobody."""

MOST_PARTS = 5_000
"""Parts (members of the zip archive) of a workbook."""

MOST_ELEMENTS = 3_000_000
"""XML elements of all parts of a workbook together: 10,000 rows of 60 cells need 2.4 million."""

MOST_LOOSE = 300_000
"""XML elements and attributes outside rows and shared texts: styles, names, checks of what is typed."""

MOST_UNCLOSED = 4 * 64 * 1024
"""Bytes of a part without the end of any XML element: the longest text of a cell needs 128 kB."""

MOST_IN_ROW = 65_536
"""XML elements of one line of a worksheet: the file format knows 16,384 columns."""

MOST_DEPTH = 100
"""XML elements within one another."""
