"""Finds numbers and names in sentences that nothing vouches for.

A number in a sentence or formula carries the expression that computes it; code in a
sentence is made of names and numbers that the page's own code holds. What may stand
alone is listed here, and is short.
"""

import builtins
import contextlib
import importlib
import keyword
import re
import sys
from collections.abc import Iterable, Iterator, Set
from functools import cache
from pathlib import Path

from bookbinder import ROOT, BookError
from bookbinder.check import Fault, once
from bookbinder.check.commands import COMMAND
from bookbinder.check.pointers import EXERCISE, LISTED, LONGEST_FIRST, SENTENCE
from bookbinder.read.links import INWARD
from bookbinder.read.moment import read_once
from bookbinder.read.pages import (
    BOUND,
    CODE_SPAN,
    DISPLAYED,
    FORMULA,
    VALUED,
    Page,
    blanked,
    line_of,
    one_line,
)
from bookbinder.read.source import library
from bookbinder.run.formulas import holds
from bookbinder.run.spelling import NUMBERS

YEARS = {
    "1943": "McCulloch",  # and Pitts on a neuron that weighs and compares
    "1957": "Rosenblatt",  # his perceptron
    "1969": "Minsky",  # and Papert on what one perceptron cannot do
    "1970": "Linnainmaa",  # derivatives of any computation, on the way back
    "1986": "Rumelhart",  # and Hinton and Williams on backpropagation
    "1990": "continuous",  # networks approximate every continuous function
    "1998": "Repository",  # the handwritten digits where they come from
    "2010": "ReLU",  # deep networks change over to it
}
"""The years that the book names, each with a word of the paragraph it belongs in."""

YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b(?!<!--|-)")
"""A year, and no number with an expression behind it."""

ALONE = re.compile(r"[01]$|CC BY 4\.0$")
"""Numbers that need no expression: bits, and the name of a licence."""

FORMULAS_ALONE = {
    "y = 1", "c = 0", r"0 < \eta < 1", "Wx + b",
    "g(a + s)", r"a_1, \dots, a_C", r"|\nabla f| \, |d| \cos \varphi",
}  # fmt: skip
"""Formulas that set a condition, say how something grows, or quote other books."""

NUMERAL = re.compile(
    r"CC BY \d\.\d|[−-]?[.,]?\d(?:[\d.,]*\d)?(?:e[+−-]?\d+)?|[¼-¾²³¹⁰-₉⅐-↉①-⓿❶-➓]"
)
NUMBERED_WORD = re.compile(r"[A-Za-z]\w*\d\w*")
TYPES = {"float32", "float64"}
"""Kinds of numbers that every page may speak of."""

CAPITALS = {"AMD", "II", "SGD", "SVG"}
"""Words of capitals that are no names of code."""

GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi"
    "|rho|sigma|tau|phi|varphi|chi|psi|omega"
)
"""The letters of TeX that may be names."""

INLINE = re.compile(r"(?<![$\\])\$(?!\$)(?P<tex>(?:(?!\n\n)[^$])+)\$(?!\$)")
NAMED = re.compile(
    r"""(?: d | \\nabla | \\partial )?
    (?: [A-Za-z] | \\(?: GREEK | sum | odot | leftarrow )
      | \\(?: hat | bar | tilde ) \{ (?: [A-Za-z] | \\(?: GREEK ) ) \} )
    (?: _ (?: \w | \{ [a-z]+ \} ) | \^ \{ \( \d \) \} | '+ )* (?: \( [a-z] \) )?
    | e \^ (?: [a-z0] | \{ \w_\w \} ) | \\(?: log | ln ) [a-z] | [01] | df/dx
    | \\d?frac \{ \\partial L \} \{ \\partial \w \}
    | \\partial \w / \\partial \w (?: _ (?: \w | \{ [a-z]+ \} ) )?""".replace(
        "GREEK", GREEK
    ),
    re.VERBOSE,
)
"""A formula that is a name: a letter with its marks, a function of one, a slope."""

SYMBOL = re.compile(
    rf"(?:\\(?P<greek>{GREEK})(?![a-z])|(?P<letter>[A-Za-z]))"
    r"(?:_(?P<index>\w|\{\w+\})|\^\{\((?P<layer>\d)\)\})?"
)
"""A letter of a formula with its index, or the number of its layer."""

NOTATION = "notation.md"
"""The page that says of every symbol of the book what it is."""

NO_SYMBOL = re.compile(
    r"\\(?:text|mathsf|begin|end) ?\{?\w+\*?"
    rf"|\\(?!(?:{GREEK})(?![a-z]))[a-z]+"
)
SHAPE = re.compile(r"\((?:[A-Z]|\d+)(?:, ?(?:[A-Z]|\d+))*(?:\{,\}|,)?\)")
LARGE = "|".join(word for word in LONGEST_FIRST if 10 < NUMBERS[word] < 100)
ABOVE_TEN = re.compile(rf"\b(?=[efnst])(?:{LARGE})\b(?![\w-]*<!--)", re.IGNORECASE)
"""A number above ten as a word, looked for where such a word can begin."""

NUMBERED_LINK = re.compile(
    rf"\[(?:[Cc]hapters?\s+|第\s*)?[\d.]+(?!\d)(?=[^\[\]]*\]{INWARD})"
)
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
STANDING = (
    BOUND, CODE_SPAN, PICTURE, DISPLAYED, INLINE, LISTED, EXERCISE, NUMBERED_LINK
)  # fmt: skip
"""Where numbers stand that other checks look at."""

ADDRESS = re.compile(rf"(?<=\])(?:{INWARD}|\([^)\s]*)|\{{(?: ?[.#][\w-]+)+ ?\}}")
"""Where a link leads, in the book with its title, and what an element is called."""

SAYS = re.compile(r"\w\W*[^\w.…\s/][^…]*\w|\w(?: / | )\w")
"""Code that is more than a name, a call without arguments or a path."""

SHORT = {"np": "numpy", "plt": "matplotlib.pyplot"}
"""Modules that the book calls by a shorter name."""

MODULES = {"matplotlib", "numpy", "scratchnn", *sys.stdlib_module_names}
MODULES -= {"antigravity", "this"}  # which do something as soon as they are imported
"""Modules that are imported to see whether they have what a sentence speaks of."""

PATH = re.compile(r"[\w./-]+\.(?:py|md|yml|toml|npz|json|csv|ipynb)|[\w.-][\w./-]*/")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\(\))?")
IMPORT = re.compile(r"from scratchnn import (.+)")
WORD = re.compile(r"[^\W\d]\w*|(?<![\w.])\d[\d_.]*(?:e[+-]?\d+)?")
TOKEN = re.compile(rf"{WORD.pattern}|\S")


def prose_faults(page: Page, root: Path = ROOT) -> Iterator[Fault]:
    """Every fault in the sentences of a page, as line and complaint."""
    code, expressions = [*_code(page, root)], [one.expression for one in page.bounds]
    known = _words(code, root)
    yield from _of_numbers(page, frozenset(known))
    known = known | _words(expressions, root)
    yield from _symbols(page, known)
    yield from _capitals(page, known, root)
    yield from _names(page, _spaced("\n".join(code + expressions)), known, root)


@once
def _of_numbers(page: Page, known: frozenset[str]) -> Iterator[Fault]:
    yield from _numbers(page, known)
    yield from _number_words(page, known)
    yield from _years(page)
    yield from _formulas(page)


def _numbers(page: Page, known: Set[str]) -> Iterator[Fault]:
    """Every number in a sentence has its expression, or is one of the few."""
    text = page.visible
    for pattern in STANDING:
        text = blanked(pattern, text)
    text = re.sub(r"\*|</?kbd>", "", blanked(ADDRESS, text))
    for word in NUMBERED_WORD.finditer(text):
        if word[0].lower() not in known | TYPES:
            what = f"{word[0]} is nothing that this page's code knows"
            yield line_of(text, word.start()), what
    text = NUMBERED_WORD.sub("", text)
    for found in NUMERAL.finditer(text):
        if not ALONE.match(found[0]) and found[0] not in YEARS:
            what = f"the number {found[0]} has no expression behind it"
            what += f": {found[0]}<!--= … -->"
            if YEAR.fullmatch(found[0]):
                what += "; a year is to be listed in prose.YEARS"
            yield line_of(text, found.start()), what


def _number_words(page: Page, known: Set[str]) -> Iterator[Fault]:
    """A number above ten that is a word is computed, or stands in the page's code."""
    for word in ABOVE_TEN.finditer(page.prose_text):
        number = round(NUMBERS[word[0].lower()])
        if not {f"{number}", f"{number}.0"} & known:
            what = f"no code here says {word[0]}: write {word[0]}<!--= spelt(…) -->"
            yield line_of(page.prose_text, word.start()), what


def _years(page: Page) -> Iterator[Fault]:
    """A year stands in a sentence on what happened then."""
    text = re.sub(r"<!--=.*?-->", "<!--=-->", page.prose_text)
    for sentence in SENTENCE.finditer(text):
        for year in YEAR.finditer(sentence[0]):
            if YEARS.get(year[0], year[0]) not in sentence[0]:
                n = line_of(text, sentence.start() + year.start())
                yield n, f"{year[0]} belongs to {YEARS[year[0]]}, who is not named here"


def _formulas(page: Page) -> Iterator[Fault]:
    """Displayed formulas are tested under a name; numbers in small ones are bound."""
    text = blanked(CODE_SPAN, page.sentences)
    tested = {premise.tex for premise in page.premises if premise.name}
    for found in DISPLAYED.finditer(text):
        if found[0].strip().strip("$").strip() not in tested:
            what = "a displayed formula without a name: <!-- formula name: values -->"
            yield line_of(text, found.start()), what
    names = [premise.name for premise in page.premises if premise.name]
    for premise in page.premises:
        if premise.name and names.count(premise.name) > 1:
            yield premise.line, f"two formulas are named {premise.name}"
    rest = blanked(DISPLAYED, text)
    for found in re.finditer(r"\) *- *\([^$\n]*\\to", rest):
        yield line_of(rest, found.start()), "a shape is taken from another"
    bound = {m.start() for m in VALUED.finditer(rest)}
    for found in INLINE.finditer(rest):
        tex = one_line(found["tex"])
        if found.start() in bound or tex in FORMULAS_ALONE:
            continue
        if says_something(tex):
            what = f"the formula {tex} has no expression behind it: ${tex}$<!--= … -->"
            what += "; one that only sets a condition is listed in prose.FORMULAS_ALONE"
            yield line_of(rest, found.start()), what


def says_something(tex: str) -> bool:
    r"""Whether a formula needs values: it is no mere name, and not true without them.

    >>> [says_something(tex) for tex in ("x_1", r"\hat{m}", "1 + 1 = 2", "-x_1")]
    [False, False, False, True]
    """
    if NAMED.fullmatch(tex.replace(r"\,", "").replace(" ", "")):
        return False
    try:
        return bool(re.search(r"[3-9]|\d\d|\.\d", tex)) or not holds(tex, {})
    except Exception:  # whatever keeps it from being computed without values
        return True


def _symbols(page: Page, words: set[str]) -> Iterator[Fault]:
    """A symbol in a sentence is one of the page's code, or of a formula that holds.

    An index of letters may stand at another symbol there: with y_m and x_n there is
    y_{nm}.
    """
    if page.path.name == NOTATION:
        return
    text = blanked(CODE_SPAN, page.sentences)
    valued = [m[0] for each in (DISPLAYED, VALUED) for m in each.finditer(text)]
    alone = [tex for tex in FORMULAS_ALONE if tex in text]
    known = words | _letters(" ".join([*valued, *alone]))
    rest = blanked(DISPLAYED, text)
    for found in INLINE.finditer(rest):
        for symbol in _letters(found["tex"]) - known:
            letter, _, index = symbol.partition("_")
            loose = index.isalpha() and index.islower() and {letter, *index} <= known
            if not loose and letter + index not in known:
                n = line_of(rest, found.start())
                yield n, f"{symbol} in ${found['tex']}$ is no symbol of this page"


def _letters(tex: str) -> set[str]:
    """The letters of a formula, by themselves and with an index: x and x_1."""
    found: set[str] = set()
    for m in SYMBOL.finditer(NO_SYMBOL.sub(" ", tex)):
        letter, index = m["greek"] or m["letter"], m["index"] or m["layer"]
        found |= {letter, f"{letter}_{index.strip('{}')}"} if index else {letter}
    return found


def _capitals(page: Page, known: set[str], root: Path) -> Iterator[Fault]:
    """A word of capitals is a name in the page's code, or in the library's."""
    rest = blanked(BOUND, blanked(FORMULA, page.prose_text))
    for name in re.finditer(r"\b[A-Z][A-Z_]+\b", rest):
        if name[0] not in known | CAPITALS and name[0] not in _library_words(root):
            n = line_of(rest, name.start())
            what = f"{name[0]} is nothing that this page's code or the library knows"
            yield n, f"{what}; a word that is no code is listed in prose.CAPITALS"


def _names(page: Page, written: str, known: set[str], root: Path) -> Iterator[Fault]:
    """Code in a sentence is made of words of the page's code; a shape is bound."""
    text = page.sentences
    bound = {m.start() for m in VALUED.finditer(text)}
    for span in CODE_SPAN.finditer(text):
        code = span[0].strip("`").strip()
        n = line_of(text, span.start())
        if span.start() in bound or COMMAND.fullmatch(code):
            continue
        if SHAPE.fullmatch(code):
            what = f"the shape {code} has no expression behind it"
            yield n, f"{what}: `{code}`<!--= … -->"
        if PATH.fullmatch(code):
            if not _is_there(code, page, root):
                what = "folder" if code.endswith("/") else "file"
                yield n, f"there is no {what} {code}"
            continue
        for word in WORD.findall(code):
            if word not in known and not _is_reachable(code, word):
                yield n, f"{word} in `{code}` is nothing that this page's code knows"
        if DOTTED.fullmatch(code) and not _has_member(code, written):
            yield n, f"nothing on this page has what `{code}` speaks of"
        if SAYS.search(code):
            if names := IMPORT.fullmatch(code):
                wrong = {*names[1].split(", ")} - {"…"} - library(root).keys()
            else:
                wrong = {code} if _spaced(code) not in written else set()
            if wrong:
                what = f"`{code}` does not stand in the code of this page: {wrong}"
                yield n, f"{what}; a value can be computed: `{code}`<!--= … -->"


def _is_there(path: str, page: Page, root: Path) -> bool:
    """Whether there is such a folder, or such a file in one that is spoken of."""
    if path.endswith("/"):
        return (root / path).is_dir()
    folders = ("", "src", "src/scratchnn", "figures", page.edition)
    return any((root / folder / path).is_file() for folder in folders)


def _has_member(code: str, written: str) -> bool:
    """Whether code like `np.floor` or `net.loss()` speaks of something that is there.

    It is there if the page's code says the same, or reads or defines a member of that
    name; of NumPy and Matplotlib it has to be a member.
    """
    code = code.removesuffix("()")
    first, name = code.split(".")[0], code.rpartition(".")[2]
    said = f" . {name} " in written or f" def {name} " in written
    if _spaced(code) in written or (said and first not in SHORT):
        return True
    return _is_reachable(code, name)


@cache
def _is_reachable(code: str, word: str) -> bool:
    """Whether code like `np.floor` leads, through modules, to a thing that exists."""
    for dotted in re.findall(r"[A-Za-z_][\w.]*", code):
        parts = dotted.split(".")
        if word in parts:
            root = SHORT.get(parts[0], parts[0])
            if root.partition(".")[0] not in MODULES:
                return False
            try:
                thing = importlib.import_module(root)
                for part in parts[1:]:
                    thing = getattr(thing, part)
            except (ImportError, AttributeError):
                return False
            return True
    return False


@read_once
def _library_words(root: Path) -> set[str]:
    """All words of the library, as its files stand on the disk."""
    files = (root / "src" / "scratchnn").glob("*.py")
    return set().union(*(_words_in(path.read_text("utf-8")) for path in files))


@cache
def _words_in(code: str) -> set[str]:
    return {*WORD.findall(code)}


def _words(code: Iterable[str], root: Path) -> set[str]:
    """The names and numbers in all the code of a page, and what all pages know."""
    words = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "scratchnn"}
    words.update(path.stem for path in (root / "src" / "scratchnn").glob("*.py"))
    return words.union(*map(_words_in, code))


def _code(page: Page, root: Path) -> Iterator[str]:
    """All that is code on a page, with what its comments, figures and outputs hold."""
    for premise in page.premises:
        yield premise.code
    for part in page.code:
        with contextlib.suppress(BookError):  # which is reported elsewhere
            yield part.shown(root)


@cache
def _spaced(code: str) -> str:
    """Code as its words and signs with a space between, without prompts.

    The last comma in a bracket and the kind of quotation marks may differ.

    >>> _spaced(">>> f( x,1.5,)")
    ' f ( x , 1.5 ) '
    """
    code = re.sub(r"^(?:>>>|\.\.\.) ?", "", code, flags=re.MULTILINE)
    code = re.sub(r",(?=\s*[)\]}])", "", code).replace("'", '"')
    return f" {' '.join(TOKEN.findall(code))} "
