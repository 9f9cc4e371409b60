"""The numbers of lists as Word writes them."""

from collections.abc import Callable

_HAN = "零一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
# Above this Word's own formats differ from each other, and letters would repeat without end.
_MOST = 999


def numeral(number: int, number_format: str) -> str:
    """The number in a format of `w:numFmt`; in Arabic digits if the format is not one of those below."""
    write = _FORMATS.get(number_format)
    return write(number) if write and 0 < number <= _MOST else str(number)


def han_counting(number: int) -> str:
    """一, 十, 十一, 二十, 一百零五: from 1 to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_HAN[hundreds]}百" if hundreds else ""
    if tens:
        words += "十" if tens == 1 and not hundreds else f"{_HAN[tens]}十"
    elif hundreds and ones:
        words += "零"
    return words + (_HAN[ones] if ones else "")


def _han_digits(number: int) -> str:
    return "".join("〇" if digit == "0" else _HAN[int(digit)] for digit in str(number))


def _letters(number: int) -> str:
    repeats, place = divmod(number - 1, 26)
    return chr(ord("a") + place) * (repeats + 1)


def _roman(number: int) -> str:
    words = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        words += sign * count
    return words


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number <= 20 else str(number)


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in str(number))


def _stem(number: int) -> str:
    return _STEMS[number - 1] if number <= len(_STEMS) else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": han_counting,
    "chineseCountingThousand": han_counting,
    "japaneseCounting": han_counting,
    "taiwaneseCounting": han_counting,
    "taiwaneseCountingThousand": han_counting,
    "ideographDigital": _han_digits,
    "japaneseDigitalTenThousand": _han_digits,
    "ideographTraditional": _stem,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalZero": "{:02d}".format,
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
