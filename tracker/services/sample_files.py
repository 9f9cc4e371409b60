"""Small files for the demonstration, made from a few lines: a text, a PDF with a text layer, a picture."""

import struct
import zlib
from collections.abc import Sequence

# A letter is seven rows of five dots, the highest bit on the left.
LETTERS = {
    "S": (15, 16, 16, 14, 1, 1, 30),
    "A": (14, 17, 17, 31, 17, 17, 17),
    "M": (17, 27, 21, 21, 17, 17, 17),
    "P": (30, 17, 17, 30, 16, 16, 16),
    "L": (16, 16, 16, 16, 16, 16, 31),
    "E": (31, 16, 16, 30, 16, 16, 31),
}
WIDTH, HEIGHT, DOT = 480, 270, 8
PAPER, INK, FRAME = 0xF4, 0x4A, 0xC6


def sample_file(name: str, lines: Sequence[str]) -> bytes:
    """The bytes of a file whose name ends in .txt, .pdf or .png. Raises KeyError for any other ending."""
    makers = {"txt": _text, "pdf": _pdf, "png": _picture}
    return makers[name.rpartition(".")[2]](lines)


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _pdf(lines: Sequence[str]) -> bytes:
    """One page, written with a Chinese font that readers bring along."""
    shown = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in lines)
    page = f"BT /F1 14 Tf 24 TL 72 760 Td\n{shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
    ]
    pdf, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    foot = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(pdf))
    return pdf + head + table + foot


def _picture(lines: Sequence[str]) -> bytes:
    """A grey card in a frame that says SAMPLE: nobody shall take it for a photo of anything."""
    rows = [bytearray([PAPER]) * WIDTH for _row in range(HEIGHT)]
    for row in range(HEIGHT):
        for column in range(WIDTH):
            if min(row, column, HEIGHT - 1 - row, WIDTH - 1 - column) < DOT:
                rows[row][column] = FRAME
    left, top = (WIDTH - 6 * 6 * DOT + DOT) // 2, (HEIGHT - 7 * DOT) // 2
    for place, letter in enumerate("SAMPLE"):
        _stamp(rows, LETTERS[letter], left + place * 6 * DOT, top)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _stamp(rows: list[bytearray], letter: Sequence[int], left: int, top: int) -> None:
    for down, bits in enumerate(letter):
        for across in range(5):
            if bits >> (4 - across) & 1:
                for row in range(top + down * DOT, top + (down + 1) * DOT):
                    start = left + across * DOT
                    rows[row][start : start + DOT] = bytes([INK]) * DOT


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
