"""How much of a file is read, with the reasons. A report has 5,000 to 60,000 characters on 5 to 60 pages.

Every limit leaves a real report a margin of ten or more and keeps a made-up file from taking the server's memory.
"""

# The upload itself. Scanned pictures are what makes files larger, and a picture has no text to read.
MOST_BYTES = 10 * 1024 * 1024

# What is handed on: twenty times the longest report, and still read by `tracker.reading` in seconds.
MOST_CHARACTERS = 1_000_000

# The whole of one file. Asked between pages and paragraphs, so that a single step may run a little longer.
MOST_SECONDS = 20.0

# A zip's own list: Word writes some twenty entries and one for each picture.
MOST_ENTRIES = 2_000
MOST_UNPACKED_BYTES = 64 * 1024 * 1024
# Word's XML shrinks to a twentieth, at its most monotonous to a hundredth; zeros shrink to a thousandth.
MOST_RATIO = 200
# Below this a high ratio is harmless: an empty style sheet may well be monotonous.
LEAST_BOMB_BYTES = 1024 * 1024

# One XML part. A hundred pages with a run for every second word take 6 MB.
MOST_XML_BYTES = 16 * 1024 * 1024
# Elements and attributes together: each takes 100 to 250 bytes of memory once the tree stands, far more than in the
# file. A hundred pages have about 100,000.
MOST_NODES = 300_000
# Text boxes and nested tables of real documents end at 40. The walk over the tree is recursive.
MOST_DEPTH = 100
# One tag with all its attributes, which the XML parser has to hold whole.
MOST_TAG_BYTES = 256 * 1024
# The longest generated number that is still a number: “第一百二十三条”, “1.2.3.4.”.
MOST_LABEL_CHARACTERS = 20

# An HTML page without its scripts and most attributes. Pages saved from Word have some 20,000 tags, ends included.
MOST_MARKUP_CHARACTERS = 2_000_000
MOST_TAGS = 40_000
# The depths of all elements together. The recogniser of the main text asks each element for all that it holds, so
# that nesting costs it time by the square. Real pages have 100,000; deeper ones are taken whole.
MOST_NESTING = 500_000

MOST_PAGES = 200
# A report saved by Word has some thousand objects, a scan with recognised text ten thousand.
MOST_OBJECTS = 50_000
# One stream of a PDF, unpacked; a page of text has some 50 KB, a font's map of characters 200 KB.
MOST_STREAM_BYTES = 2 * 1024 * 1024
# Operators with their operands on one page: a full page of text has some 10,000.
MOST_PAGE_OPERATIONS = 200_000
# Operators of all pages together: 2,000 on each of two hundred. The library takes some 100,000 a second.
MOST_OPERATIONS = 400_000
# The pages' instructions, unpacked: 80 KB on each of two hundred.
MOST_CONTENT_BYTES = 16 * 1024 * 1024
# Fonts named by one page and its drawings: Word names ten, older programs one for every 256 characters.
MOST_FONTS = 40
# The characters that those fonts describe by ranges; one font for all of Unicode's first plane has 65,536.
MOST_GLYPHS = 200_000
# Drawings and pictures that one page names.
MOST_RESOURCES = 1_000
# Drawings within a page that may hold text, as a watermark does. Each counts as a stream.
MOST_FORMS = 20
