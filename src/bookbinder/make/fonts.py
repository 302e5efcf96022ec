"""Sets the words of the drawings in the fonts of the page.

A figure's program names fonts that Matplotlib brings, so that everyone can run it. On
the page, the book's own stand for them: those of the site, unpacked, since Matplotlib
reads no others. A sign that they lack is taken from the font that the program names.
"""

import functools
import io
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bookbinder import ROOT, BookError, fingerprint

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OURS = {"STIXGeneral": "book-serif", "DejaVu Sans Mono": "book-mono"}
"""Fonts that the programs name, and those of the book that stand for them."""

FONTS = ROOT / "theme" / "fonts"
"""Where the fonts of the book are."""

UNPACKED = ROOT / ".cache" / "fonts"
"""Where they are for Matplotlib, each under a digest of what it was made from."""


def parts() -> list[str | bytes]:
    """What the look of the letters depends on."""
    return [Path(__file__).read_bytes(), *map(_packed, OURS.values())]


def _packed(name: str) -> bytes:
    """A font of the book as browsers read it."""
    path = FONTS / f"{name}.woff2"
    if not path.is_file():
        raise BookError(f"{path} is not there, and figures are set in it")
    return path.read_bytes()


@functools.cache
def unpacked(name: str) -> Path:
    """A font of the book as Matplotlib reads it, under the name that its file has.

    Without rules on pairs of letters, and lines as high as letters: what its versions
    make of the one and the other differs.
    """
    from scratchnn.files import store  # late: the library may not even load

    packed = _packed(name)
    made = fingerprint(packed, Path(__file__).read_bytes(), version("fonttools"))
    path = UNPACKED / f"{name}-{made}.ttf"
    if not path.is_file():
        store(path, _unpack(packed, name))
    return path


def _unpack(packed: bytes, name: str) -> bytes:
    from fontTools.ttLib import TTFont  # slow, and seldom needed

    font = TTFont(io.BytesIO(packed), recalcTimestamp=False)
    font.flavor = None
    for table in ("GPOS", "GSUB"):
        if table in font:
            del font[table]
    letters, lines = font["glyf"], font["OS/2"]
    lines.sTypoAscender, lines.sTypoDescender = letters["l"].yMax, letters["p"].yMin
    lines.sTypoLineGap = 0
    for number, words in [(1, name), (2, "Regular"), (4, name), (6, name)]:
        font["name"].setName(words, number, 3, 1, 0x409)
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def families(named: Any) -> list[str]:
    """The fonts that a text is set in, one after the other, given those it names.

    >>> families(["STIXGeneral"])
    ['book-serif', 'STIXGeneral']
    """
    names = [named] if isinstance(named, str) else named
    return [x for name in names for x in (OURS.get(name), name) if x]


def set_in_ours(figure: "Figure") -> None:
    """Let every text of a figure be in the fonts of the page, and those to come."""
    import matplotlib.pyplot as plt
    from matplotlib.font_manager import fontManager
    from matplotlib.text import Text

    known = {font.name for font in fontManager.ttflist}
    for name in OURS.values():
        if name not in known:
            fontManager.addfont(unpacked(name))
    plt.rcParams["font.family"] = families(plt.rcParams["font.family"])
    for text in figure.findobj(Text):
        text.set_fontfamily(families(text.get_fontfamily()))
