"""Python-Markdown extension: TeX becomes MathML while the page is built.

Nothing is left to do in the browser, and TeX that does not parse fails the build. It
takes over where `pymdownx.arithmatex` (generic) has found the formulas.
"""

import re
import xml.etree.ElementTree as etree
from html import unescape

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

from bookbinder import BookError
from bookbinder.convert.binding import Step
from bookbinder.read.pages import line_of
from bookbinder.read.tex import lone_bracket

PRIMED = re.compile(r"<msup>(<mi>\w+</mi><mo>[′″‴]</mo>)</msup>")
"""A letter with dashes, which are small and high already without being a power."""

ACCENTED = re.compile(r'<mover accent="true">(<mi>\w</mi><mo stretchy="false")>')
"""A letter under a hat or a bar, which as an accent would touch it in Chromium."""

TALL = re.compile(r"\\sqrt\s*\{[^{}]*\\([dt]?frac|sum|prod|int)\b")
"""A root over more than a line. Its sign does not grow: see theme/fonts/README.md."""


class Maths(Step, Treeprocessor):
    """Replaces each formula's TeX by its MathML."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.convert = LatexToMathML()

    def run(self, root: etree.Element) -> None:
        """Rewrite every formula of the tree in place."""
        for element in root.iter():
            if "arithmatex" not in element.get("class", "").split():
                continue
            tex = unescape((element.text or "").strip())
            display, tex = tex.startswith("\\["), tex[2:-2].strip()
            if TALL.search(tex):
                what = "a root over a fraction or a sum, which its sign does not span"
                raise BookError(f"{self._where(tex)}: {what}; write 1/x in one line")
            if bracket := lone_bracket(tex):
                what = f"a {bracket} without its partner"
                raise BookError(f"{self._where(tex)}: {what} in {tex!r}")
            try:
                mathml = self.convert.convert_with_local_state(
                    tex, displaystyle=display
                )
            except LatexError as error:
                where = self._where(tex)
                what = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().split("\n")[0]
                raise BookError(f"{where}: bad TeX {tex!r}: {what}") from None
            mathml = PRIMED.sub(r"<mrow>\1</mrow>", mathml)
            mathml = ACCENTED.sub(r'<mover>\1 style="font-size: 1em">', mathml)
            element[:] = []
            element.text = self.md.htmlStash.store(mathml)
            element.set("class", "tex-display" if display else "tex-inline")
            if display:  # wide formulas scroll: a keyboard must reach them
                element.set("tabindex", "0")
            elif stop := re.match(r"[.,;:!?)”’]+", element.tail or ""):
                element.text += stop[0]  # no line may begin with a stop
                element.tail = (element.tail or "")[stop.end() :]

    def _where(self, tex: str) -> str:
        """File and line of a formula: of the page that is being converted.

        Or of the library, whose docstrings may write a backslash as two.
        """
        words = r"\s+".join(map(re.escape, tex.split())).replace(r"\\", r"\\{1,2}")
        formula = re.compile(rf"\$\s*(?P<tex>{words})\s*\$")
        if page := self.source.page:
            texts = {page.path: page.sentences}
        else:
            library = sorted(self.source.root.glob("src/scratchnn/*.py"))
            texts = {path: path.read_text("utf-8") for path in library}
        for path, text in texts.items():
            if found := formula.search(text):
                return f"{path}:{line_of(text, found.start('tex'))}"
        return f"{page.path}:1" if page else "a docstring"


class MathsExtension(Extension):
    """Registers the step, after those of the binding."""

    def extendMarkdown(self, md: Markdown) -> None:
        """After the formulas were found, before the tree is written out."""
        md.treeprocessors.register(Maths(md), "bookbinder-maths", 15)


def makeExtension(**options: object) -> MathsExtension:
    """What Python-Markdown calls."""
    return MathsExtension(**options)
