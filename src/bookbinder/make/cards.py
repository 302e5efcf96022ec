"""Draws each page's card: the picture that stands beside a link to it elsewhere.

Title and first sentences from the page's front matter, the page's first figure, in the
book's own fonts and inks. One is drawn again only if something on it has changed.
"""

import contextlib
import functools
import io
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import PIL
from mkdocs.utils.meta import get_data
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from bookbinder import ROOT, BookError, fingerprint
from bookbinder.make.drawing import DRAWERS, digest, drawn, spoken
from bookbinder.make.fonts import FONTS
from bookbinder.make.labs import every_page
from bookbinder.read.pages import Page
from bookbinder.read.words import say
from bookbinder.run.processes import beginning, side_by_side

SIZE = (1200, 630)
"""What the sites that show cards ask for."""

MARGIN = 72
COLUMN = 500
"""How wide the text is; the figure has the rest."""

PROMISE = "Neural networks from scratch in NumPy"
"""What the book is, at the foot of each card."""

ENOUGH = 200
"""So many letters are not too many, if the first sentence leaves room for another."""

WINDOW = "figures.front.window"
"""What a page without a figure shows."""

PIECE = re.compile("(?:[一-鿿][，。、；：？！）》”]*|[^ 一-鿿]+) *")
"""What one line holds: a word and the space behind it, or a sign of Chinese."""


def cards(root: Path = ROOT) -> dict[Path, Page]:
    """Every card, as a file, and the page that it is for."""
    return {
        page.edition
        / "figures/cards"
        / page.path.relative_to(page.edition).with_suffix(".png"): page
        for page in every_page(root)
    }


def words(page: Page) -> tuple[str, str]:
    """What a card says: the page's title, and how its description begins."""
    _, meta = get_data(page.text)
    said, *more = re.split(r"(?<=\.)(?= )|(?<=。)", str(meta.get("description", "")))
    for sentence in more:
        if len(said + sentence) > ENOUGH:
            break
        said += sentence
    return str(meta.get("title", "")), said.removesuffix(".") + "." * ("。" not in said)


def figure_of(page: Page) -> str:
    """The function that draws the page's first figure."""
    return page.figures[0].source if page.figures else WINDOW


def key(page: Page, root: Path = ROOT) -> str:
    """What a card depends on, in twelve letters; it is kept in the card."""
    figure = digest(figure_of(page), root, page.language)
    said = [*words(page), say(PROMISE, page.language)]
    files = [Path(__file__), *sorted(FONTS.glob("book-serif*.woff2"))]
    read = [path.read_bytes() for path in files]
    return fingerprint(*said, figure, PIL.__version__, *read)


def stale(root: Path = ROOT) -> Iterator[tuple[Path, Page]]:
    """Each card that is missing or out of date, and its page."""
    for path, page in cards(root).items():
        if not path.is_file() or _key_in(path) != key(page, root):
            yield path, page


def _key_in(path: Path) -> str | None:
    with contextlib.suppress(OSError), Image.open(path) as card:
        return card.info.get("key")
    return None  # a file that has been cut short


def left_over(root: Path = ROOT) -> set[Path]:
    """Cards of pages that are no more."""
    return {*root.glob("docs/*/figures/cards/**/*.png")} - cards(root).keys()


def redraw(root: Path = ROOT) -> list[Path]:
    """Draw what is missing or stale, remove what is left over; say what was drawn."""
    wanted = dict(stale(root))
    calls = [functools.partial(card, page, root) for page in wanted.values()]
    pictures = side_by_side(calls, beginning(*DRAWERS))
    for (path, page), picture in zip(wanted.items(), pictures, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        info = PngInfo()
        info.add_text("key", key(page, root))
        picture.save(path, pnginfo=info)
    for path in left_over(root):
        path.unlink()
    return list(wanted)


def card(page: Page, root: Path = ROOT) -> Image.Image:
    """The card of a page."""
    style = runpy.run_path(str(root / "figures" / "style.py"))
    sheet = Image.new("RGB", SIZE, style["PAPER"])
    pen = ImageDraw.Draw(sheet)
    sheet.paste(_mark(style), (MARGIN, MARGIN))
    pen.text(
        (MARGIN + 80, MARGIN + 44),
        "scratchnn",
        style["INK"],
        font_of("semibold", 36, "en"),
        "ls",
    )
    title, sentence = words(page)
    font = functools.partial(font_of, language=page.language, root=root)
    y = _write(pen, title, 180, font("semibold", 62), style["INK"], leading=68)
    y = _write(pen, sentence, y + 22, font("", 28), style["SOFT"], leading=38)
    foot = (MARGIN, SIZE[1] - 48)
    if y > foot[1] - 36:
        raise BookError(f"{page.path}:3: the first sentences are too long for a card")
    promise = say(PROMISE, page.language)
    pen.text(foot, promise, style["INK"], font("semibold", 24), "ls")
    room = (SIZE[0] - COLUMN - 2 * MARGIN - 48, SIZE[1] - 2 * MARGIN)
    picture = _picture(page, style["PAPER"], room, root)
    left, top = (SIZE[0] - MARGIN - picture.width, (SIZE[1] - picture.height) // 2)
    sheet.paste(picture, (left, top))
    for n, ink in enumerate(("BLUE", "ORANGE", "PURPLE")):
        third = SIZE[0] // 3
        pen.rectangle((n * third, SIZE[1] - 12, (n + 1) * third, SIZE[1]), style[ink])
    return sheet


def font_of(
    weight: str, size: int, language: str, root: Path = ROOT
) -> ImageFont.FreeTypeFont:
    """A font of the book, or the one of a language that needs another."""
    name = f"book-serif-{weight}.woff2" if weight else "book-serif.woff2"
    _, own = spoken(language, root)
    return ImageFont.truetype(own or FONTS / name, size)


def _write(
    pen: ImageDraw.ImageDraw,
    text: str,
    y: int,
    font: ImageFont.FreeTypeFont,
    ink: str,
    leading: int,
) -> int:
    """Write text in lines as wide as the column; return where the next may stand."""
    line = ""
    for piece in [*PIECE.findall(" ".join(text.split())), ""]:
        longer = line + piece
        if not piece or font.getlength(longer.rstrip()) > COLUMN:
            pen.text((MARGIN, y), line.rstrip(), ink, font, "la")
            y, line = y + leading, piece
        else:
            line = longer
    return y


def _picture(page: Page, paper: str, room: tuple[int, int], root: Path) -> Image.Image:
    """The page's figure in the light inks, as large as there is room for."""
    import matplotlib.pyplot as plt  # slow, and seldom needed

    with (
        plt.rc_context({"savefig.facecolor": paper}),
        drawn(figure_of(page), root, page.language) as figure,
    ):
        width, height = figure.get_size_inches()
        dots = min(room[0] / width, room[1] / height)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dots)
    return Image.open(buffer).convert("RGB")


def _mark(style: dict[str, str]) -> Image.Image:
    """The book's mark, a neuron, as in `theme/assets/logo.svg`, of 64 pixels."""
    scale = 8  # four times as large as it will be, so that it is smooth
    mark = Image.new("RGB", (32 * scale, 32 * scale), style["PAPER"])
    pen = ImageDraw.Draw(mark)
    for line in [(6, 7, 17, 16), (6, 25, 17, 16), (17, 16, 30, 16)]:
        pen.line([scale * n for n in line], style["SOFT"], 2 * scale)
    for y in (6.5, 25.5):
        pen.circle((scale * 5, scale * y), scale * 4.4, style["ORANGE"])
        pen.circle((scale * 5, scale * y), scale * 2.4, style["PAPER"])
    pen.circle((scale * 17.5, scale * 16), scale * 7, style["BLUE"])
    return mark.resize((64, 64), Image.Resampling.LANCZOS)
