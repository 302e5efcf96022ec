"""Leaves out of the built site what no page uses, so that a page is there sooner.

- Of the fonts, characters: what `theme/fonts` holds is what a book on neural networks
  may need, and half of that is what this one needs.
- Of the style sheets of Material and mkdocstrings, rules for what this book does not
  have, for scripts that run from right to left, and icons that no rule asks for. What
  Material's script could make counts as had, but for what is `ABSENT`.
- Of HTML, but for its code, indents.
- Of the book's own style sheet and scripts, the comments.

And what makes a browser look at all elements of a page again and again while the page
is loaded: see `HINT` and `quicker`.
"""

import html
import io
import re
import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from unicodedata import normalize

from bookbinder import ROOT, fingerprint
from bookbinder.convert.binding import CODE

SPAN = re.compile(r"</?span[^>]*>")

COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"-?[A-Za-z_][\w-]*")
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
CLASSES = re.compile(r'class="([^"]*)"')
RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")
COMMA = re.compile(r",(?![^(]*\))")
BRACKETS = re.compile(r"\([^()]*\)|\[[^]]*\]")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
DIRECTION = re.compile(r"\[dir=\w+\]")
ASKED = re.compile(r"var\(\s*(--[\w-]+)")
VALUE = re.compile(r"""(?<=[{;])(?P<name>--[\w-]+):(?:"[^"]*"|[^";}])*(?:;|(?=}))""")

ABSENT = re.compile(
    "md-(annotation|code__button--active|consent|status|tag|tooltip|version)"
    "|mermaid|tabbed"
)
"""What Material's script knows how to make, and no page of this book has."""

HINT = re.compile(r'(?<=\{name:"color-scheme"\}\);)document\.head\.appendChild\(\w\);')
"""Where Material's script tells the browser by an element whether a page is dark.

The book's style sheet tells it, too, and before there is a page to be done again.
"""

SWITCHING = re.compile(r"\[data-md-color-switching\][^{}]*\{[^{}]*\}")
"""Material's rule against fading while the colours change, and while a page is loaded.

The book's script ends what fades when the reader presses for light or dark.
"""

CLASSLESS, LISTING = ":not([class])", ":not(.highlighttable)"
"""What tells a table from a listing: that it has no class, or not this one.

By the first, what is in an element may change whenever a class of the element does.
"""

LIST = re.compile(r":is\((\.[\w-]+(?:, \.[\w-]+)+|\w+(?:, \w+)+)\)")
"""Classes, or names of elements, any of which may stand in a place of a selector."""

CUT = ROOT / ".cache" / "fonts"
"""Fonts that an earlier build has cut, by what went into them."""

ASCII = set(map(chr, range(0x20, 0x7F)))
"""What text may hold that no page does: a reader's own words in the search."""

SIGNS = [*map(chr, range(0x1D434, 0x1D468)), *map(chr, range(0x1D6E2, 0x1D71C)), "ℎ"]
ITALIC = {normalize("NFKC", sign): sign for sign in SIGNS}
"""The Latin and Greek letters, and how they look as names of quantities."""


def make_lean(site: Path) -> None:
    """Rewrite the fonts and the style sheet of a built site."""
    pages = "".join(page.read_text("utf-8") for page in site.rglob("*.html"))
    scripts = [code.read_text("utf-8") for code in site.rglob("*.js")]
    known = NAME.findall(" ".join(scripts + SCRIPT.findall(pages)))
    names = {name for name in known if not ABSENT.match(name)}
    names.update(*(classes.split() for classes in set(CLASSES.findall(pages))))
    names.update(f"[dir={way}]" for way in re.findall(r' dir="(\w+)"', pages))
    for path in (*site.glob("assets/*.css"), *site.glob("assets/*.js")):
        path.write_text(uncommented(path.read_text("utf-8")), "utf-8")
    for path in site.glob("assets/javascripts/bundle.*.js"):
        path.write_text(HINT.sub("", path.read_text("utf-8")), "utf-8")
    for path in site.rglob("*.css"):
        path.write_text(quicker(path.read_text("utf-8")), "utf-8")
    styles = {
        path: leaner(path.read_text("utf-8"), names)
        for path in (
            *site.glob("assets/stylesheets/*.css"),
            *site.glob("assets/_*.css"),
        )
    }
    own = [path.read_text("utf-8") for path in site.glob("assets/[!_]*.css")]
    asked = set(ASKED.findall("".join([*styles.values(), *own, *scripts, pages])))
    for path, style in styles.items():
        path.write_text(without_values(style, asked), "utf-8")
    cut_fonts(site, pages)


def uncommented(style: str) -> str:
    r"""A style sheet or a script without comments and indentation.

    >>> uncommented("a {\n  b: c; /* why */\n}\n\n/* so */\nd {}\n")
    'a {\nb: c;\n}\nd {}\n'
    >>> uncommented("// Why.\n  a = 'x//y';\n  // So.\n")
    "a = 'x//y';\n"
    """
    return re.sub(r"\s*\n\s*", "\n", COMMENT.sub("", style)).lstrip()


def unindented(page: str) -> str:
    r"""HTML without the white space that its lines begin with, and without empty lines.

    >>> unindented("<p>\n\n  a</p>\n<pre>\n  b\n</pre>")
    '<p>\na</p>\n<pre>\n  b\n</pre>'
    """
    parts = CODE.split(page)
    parts[::2] = [re.sub(r"\n\s+", "\n", part) for part in parts[::2]]
    return "".join(parts)


def uncoloured(page: str) -> str:
    """HTML whose code has no marks at all.

    >>> uncoloured('<pre><span class="k">not</span> x</pre><span>y</span>')
    '<pre>not x</pre><span>y</span>'
    """
    return CODE.sub(lambda code: SPAN.sub("", code[0]), page)


def leaner(style: str, names: set[str]) -> str:
    """A style sheet without the selectors that ask for a class of another name.

    >>> leaner(".a,.b:not(.c){x:y}@media print{.c .a{x:y}.a{x:z}}", {"a", "b"})
    '.a,.b:not(.c){x:y}@media print{.a{x:z}}'
    """

    def rule(match: re.Match[str]) -> str:
        selectors = [s for s in COMMA.split(match[1]) if asked_for(s) <= names]
        return ",".join(selectors) + match[2] if selectors else ""

    return RULE.sub(rule, style)


def quicker(style: str) -> str:
    """A style sheet that says the same, and gives a browser less to do.

    It looks rules up by the ends of their selectors. What ends in a list is tried on
    every element of a page, so the list is spread out.

    >>> quicker("p,.a > :is(b, i){x:y}@media print{:is(.a, b) :is(.c, .d){x:y}}")
    'p,.a > b,.a > i{x:y}@media print{:is(.a, b) .c,:is(.a, b) .d{x:y}}'
    >>> quicker("[data-md-color-switching] *{x:y}table:not([class]) td{x:y}")
    'table:not(.highlighttable) td{x:y}'
    """

    def spread(selector: str) -> Iterator[str]:
        if not (found := LIST.search(selector)):
            yield selector.strip()
            return
        for one in found[1].split(", "):
            yield from spread(selector[: found.start()] + one + selector[found.end() :])

    def rule(match: re.Match[str]) -> str:
        selectors = COMMA.split(match[1])
        return ",".join(chain.from_iterable(map(spread, selectors))) + match[2]

    return RULE.sub(rule, SWITCHING.sub("", style).replace(CLASSLESS, LISTING))


def without_values(style: str, asked: set[str]) -> str:
    """A style sheet without the custom properties that nobody asks for.

    >>> without_values(':root{--a:url("x;y");--b:1px;c:var(--b)}', {"--b"})
    ':root{--b:1px;c:var(--b)}'
    """
    return VALUE.sub(lambda it: it[0] if it["name"] in asked else "", style)


def asked_for(selector: str) -> set[str]:
    """The classes that an element, or one around it, must have to be selected.

    And the direction in which its script runs.

    >>> sorted(asked_for("[dir=rtl] .a:not(.b) > p"))
    ['[dir=rtl]', 'a']
    """
    if "\\" in selector or "))" in selector:
        return set()  # too clever for us: keep it
    classes = CLASS.findall(BRACKETS.sub("", selector))
    return {*classes, *DIRECTION.findall(selector)}


def cut_fonts(site: Path, pages: str) -> None:
    """Rewrite the fonts so that they hold what is on the pages, and little else."""
    from scratchnn.files import store  # late: the library may not even load

    formulas = "".join(re.findall(r"<math.*?</math>", pages, re.S))
    letters = set(re.findall(r"<mi>(.)</mi>", formulas))
    signs = set(html.unescape(formulas)) | {italic(letter) for letter in letters}
    text = set(html.unescape(pages))
    for path in (site / "fonts").glob("*.woff2"):
        wanted = signs | text - ASCII if "math" in path.stem else text | ASCII
        parts = (Path(__file__).read_bytes(), path.read_bytes(), sorted(wanted))
        cut = CUT / f"{fingerprint(repr(parts))}.woff2"
        if not cut.is_file():
            store(cut, smaller(path, wanted))
        shutil.copyfile(cut, path)


def italic(letter: str) -> str:
    """The sign that a browser sets for a letter that stands alone in a formula.

    >>> italic("x"), italic("h"), italic("η")
    ('𝑥', 'ℎ', '𝜂')
    """
    return ITALIC.get(letter, letter)


def smaller(path: Path, wanted: set[str]) -> bytes:
    """A font with no more than the wanted characters, and all they may grow into."""
    from fontTools.subset import Options, Subsetter  # slow, and seldom needed
    from fontTools.ttLib import TTFont

    options = Options(flavor="woff2", hinting=False, layout_features=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=map(ord, wanted))
    font = TTFont(path, recalcTimestamp=False)
    subsetter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
