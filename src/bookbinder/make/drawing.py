"""Draws the figures, and says which are stale.

A figure is drawn by the very program that its page shows. The SVG ends with a digest of
that program and of the library, so only what is out of date is drawn again. Its colours
become CSS variables with a light and a dark value: one file serves both themes. In a
translation it says what `figures/words.py` has for the English of the program.
"""

import functools
import io
import re
import runpy
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bookbinder import ROOT, BookError, fingerprint
from bookbinder.make import fonts
from bookbinder.read.book import ORIGINAL, find_pages
from bookbinder.read.moment import moment
from bookbinder.read.pages import edition_of
from bookbinder.read.source import modules_behind, program
from bookbinder.run.processes import beginning, side_by_side

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN = ("missing", "stale")
"""What can be wrong with a figure so that it has to be drawn."""

DRAWERS = ("bookbinder.make.cards", "matplotlib.pyplot")
"""What processes that draw import before they begin."""

Place = tuple[Path, str]
"""A file, and the function that draws what is in it."""

VERSIONS = version("matplotlib"), version("numpy")


def sources(root: Path = ROOT) -> list[str]:
    """The dotted names of all figures: the public functions in chapters' modules."""
    return [
        f"figures.{path.stem}.{name}"
        for path in sorted((root / "figures").glob("*.py"))
        if path.stem not in ("__init__", "style", "words")
        for name in re.findall(r"^def ([a-z]\w*)\(", path.read_text("utf-8"), re.M)
    ]


def shown(root: Path = ROOT) -> dict[Path, str]:
    """Every drawing that a page shows, as a file, and the function that draws it.

    Raises `BookError` where a page names a function that is not there.
    """
    found: dict[Path, str] = {}
    for page in find_pages(root):
        for figure in page.figures:
            with page.at(figure.line):
                figure.shown(root)
            found[(page.path.parent / figure.path).resolve()] = figure.source
    return found


def digest(source: str, root: Path = ROOT, language: str = ORIGINAL) -> str:
    """What a drawing depends on, in twelve letters."""
    code, library = program(source, root), root / "src" / "scratchnn"
    where = f"{_place(source, root)}: {source}"
    if re.search(r"^ *import scratchnn\b", code, re.MULTILINE):
        what = "nobody would see that it is stale: from scratchnn import …"
        raise BookError(f"{where} imports the whole library; {what}")
    behind = modules_behind(code, where, root)
    parts: list[str | bytes] = [
        code,
        (root / "figures" / "style.py").read_text("utf-8"),
        Path(__file__).read_text("utf-8"),
        *VERSIONS,
        *fonts.parts(),
        *(p.read_text("utf-8") for p in sorted(behind)),
        *(p.read_bytes() for p in sorted(library.glob("*.npz"))),
        *(p.read_bytes() for p in sorted(library.glob("*.json"))),
    ]
    if language != ORIGINAL:
        words, font = spoken(language, root)
        parts += [str(words), font.read_bytes() if font else ""]
    return fingerprint(*parts)


def spoken(language: str, root: Path = ROOT) -> tuple[dict[str, str], Path | None]:
    """The words of the figures in a language, and its font if it needs one."""
    if language == ORIGINAL:
        return {}, None
    table = runpy.run_path(str(root / "figures" / "words.py"))
    font = table["FONTS"].get(language)
    return table["WORDS"].get(language, {}), font and root / font


@contextmanager
def drawn(
    source: str, root: Path = ROOT, language: str = ORIGINAL
) -> Iterator["Figure"]:
    """A figure, to be saved while this lasts: some of its texts are made only then.

    Raises `BookError` where no font has a letter of a translation.
    """
    import matplotlib.pyplot as plt
    from matplotlib.font_manager import FontProperties, fontManager
    from matplotlib.text import Text

    words, font = spoken(language, root)
    english = Text.set_text

    def set_text(text: Text, said: Any) -> None:
        english(text, words.get(str(said), said))

    try:
        if words:
            Text.set_text = set_text  # type: ignore[assignment, method-assign]
        figure = run_program(source, root)["figure"]
        fonts.set_in_ours(figure)
        if font:
            fontManager.addfont(font)
            name = FontProperties(fname=font).get_name()
            families = [*plt.rcParams["font.family"], name]
            plt.rcParams["font.family"] = families
            for text in figure.findobj(Text):
                text.set_fontfamily(families)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield figure
    except (Warning, ValueError) as error:
        more = " See figures/words.py" if words else ""
        raise BookError(f"{_place(source, root)}: {source}: {error}{more}") from None
    finally:
        Text.set_text = english  # type: ignore[method-assign]
        plt.close("all")


def run_program(source: str, root: Path = ROOT) -> dict[str, Any]:
    """Run a figure's program as its page shows it; return the names it defined."""
    import matplotlib  # slow, and not needed to see that nothing is stale

    matplotlib.use("svg")
    space: dict[str, Any] = {"__name__": "__main__"}
    said, where = io.StringIO(), f"{_place(source, root)}: {source}"
    with warnings.catch_warnings(), redirect_stdout(said):
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*is non-interactive")
        try:
            exec(compile(program(source, root), source, "exec"), space)
        except (Exception, SystemExit) as error:
            what = f"{type(error).__name__}: {error}{_reached(error, root)}"
            raise BookError(f"{where} does not draw: {what}") from error
    if said.getvalue():
        raise BookError(f"{where} prints, which nobody sees: {said.getvalue()!r}")
    if not isinstance(space["figure"], matplotlib.figure.Figure):
        raise BookError(f"{where} returns no figure")
    return space


def _reached(error: BaseException, root: Path) -> str:
    """How far into the library an error has been; nothing if not into it at all."""
    frames = traceback.extract_tb(error.__traceback__)
    library = root / "src" / "scratchnn"
    inside = [
        f"{it.filename}:{it.lineno}"
        for it in frames
        if it.filename.startswith(str(library))
    ]
    return f" (at {inside[-1]})" if inside else ""


def _place(source: str, root: Path) -> str:
    """File and line of the function that draws a figure."""
    _, module, name = source.split(".")
    path = root / "figures" / f"{module}.py"
    lines = path.read_text("utf-8").split("\n")
    found = (n for n, line in enumerate(lines, 1) if f"def {name}(" in line)
    return f"{path}:{next(found, 1)}"


def draw(source: str, root: Path = ROOT, language: str = ORIGINAL) -> str:
    """A figure as SVG text, the same bytes at each call."""
    import matplotlib
    import matplotlib.pyplot as plt

    style = {
        **matplotlib.rcParamsDefault,
        "backend": "svg",
        "svg.hashsalt": "scratchnn",
    }
    with plt.rc_context(style), drawn(source, root, language) as figure:
        buffer = io.StringIO()
        figure.savefig(
            buffer,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None},
        )
    drawing = themed(buffer.getvalue(), source, root)
    return f"{drawing}<!-- {_seal(drawing, source, root, language)} -->\n"


def _seal(drawing: str, source: str, root: Path, language: str) -> str:
    return f"{digest(source, root, language)} {fingerprint(drawing)}"


def themed(svg: str, source: str, root: Path) -> str:
    """The SVG with each ink as a CSS variable that has a light and a dark value."""
    inks = runpy.run_path(str(root / "figures" / "style.py"))["DARK"]
    foreign = set(re.findall(r"#[0-9a-f]{6}\b", svg)) - set(inks)
    if foreign:
        colours = ", ".join(sorted(foreign))
        raise BookError(
            f"{source} uses {colours}, which figures/style.py does not list"
        )
    names = {ink: f"--ink-{n}" for n, ink in enumerate(inks)}
    light = "".join(f"{names[ink]}:{ink};" for ink in inks)
    dark = "".join(f"{names[ink]}:{twin};" for ink, twin in inks.items())
    for ink, name in names.items():
        svg = re.sub(rf"{ink}\b", f"var({name})", svg)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    style = f":root{{color-scheme:light dark;{light}}}"  # the ground, if it is alone
    style += f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return re.sub(r"(<svg [^>]*>)", rf"\1\n<style>{style}</style>", svg, count=1)


def size_of(drawing: str) -> str:
    """The size of an SVG, as attributes of the element that shows it.

    >>> size_of('<svg viewBox="0 0 374.4 216.2">')
    'width="374" height="216"'
    """
    width, height = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)[0]
    return f'width="{float(width):.0f}" height="{float(height):.0f}"'


def _is_fresh(path: Path, source: str, root: Path) -> bool:
    """Whether a drawing was made from what is there now, and not touched since."""
    drawing, _, seal = path.read_text("utf-8").rpartition("<!-- ")
    return seal == f"{_seal(drawing, source, root, edition_of(path).name)} -->\n"


@moment()
def stale(root: Path = ROOT) -> list[tuple[Path, str, str]]:
    """Each figure that is not as it should be: file, function, what is wrong."""
    found, drawings = [], shown(root)
    for path, source in drawings.items():
        if not path.is_file():
            found.append((path, source, "missing"))
        elif not _is_fresh(path, source, root):
            found.append((path, source, "stale"))
    for source in sources(root):
        if source not in drawings.values():
            place = Path(_place(source, root))
            found.append((place, source, "unused: no page shows it"))
    for path in root.glob("docs/*/figures/**/*.svg"):
        if path.resolve() not in drawings:
            found.append((path, "nothing", "left over: no page shows it"))
    return found


def to_draw(root: Path = ROOT) -> list[Place]:
    """What is missing or stale: files and their functions. What is left over goes."""
    wrong = stale(root)
    for path, source, _ in wrong:
        if source == "nothing":
            path.unlink()
    return [(path, source) for path, source, what in wrong if what in DRAWN]


def redraw(root: Path = ROOT) -> list[str]:
    """Draw what is missing or stale, remove what is left over; say what was drawn."""
    places = to_draw(root)
    calls = [functools.partial(draw_into, place, root) for place in places]
    side_by_side(calls, beginning(*DRAWERS))
    return [source for _, source in places]


def draw_into(place: Place, root: Path) -> None:
    """Draw a figure into a file, in the language of its edition."""
    from scratchnn.files import store  # slow, and not needed where nothing is stale

    path, source = place
    store(path, draw(source, root, edition_of(path).name).encode())
