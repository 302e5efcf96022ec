"""Spells numbers as the sentences of the book do."""

from bookbinder.read.book import ORIGINAL

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TENS: dict[float, str] = {
    20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy",
    80: "eighty", 90: "ninety",
}  # fmt: skip

WORDS: dict[float, str] = {
    **dict(enumerate(ONES[1:], 2)),
    10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen",
    15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
    **TENS,
    **{n + k: f"{ten}-{ONES[k - 1]}" for n, ten in TENS.items() for k in range(1, 10)},
    100: "hundred", 1000: "thousand", 0.5: "half", 0.25: "quarter",
}  # fmt: skip

NUMBERS = {"one": 1.0} | {word: number for number, word in WORDS.items()}
"""The same the other way round, and one, which as a word counts nothing by itself."""


def spelt(number: float, language: str = ORIGINAL) -> str:
    """A number as one word; in a translation, where words bend, in digits.

    >>> spelt(3), spelt(42.0), spelt(1 / 4), spelt(1 / 4, "zh")
    ('three', 'forty-two', 'quarter', '0.25')
    """
    return WORDS[number] if language == ORIGINAL else f"{number:g}"
