"""The figures are drawn by shown code, fresh, and the same bytes each time."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bookbinder import ROOT, BookError
from bookbinder.make.__main__ import main
from bookbinder.make.drawing import digest, draw, redraw, shown, stale
from bookbinder.read.pages import Page, edition_of

DRAWINGS = sorted(shown(ROOT).items())


def test_the_check_fails_only_if_something_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All has been made, of each kind, as it is now; or it says what is stale."""
    with pytest.raises(SystemExit) as ended:
        main(["--check"])
    assert not ended.value.code, ended.value.code
    monkeypatch.setattr("bookbinder.make.drawing.digest", lambda *_: "another")
    monkeypatch.setattr("bookbinder.make.cards.words", lambda page: ("Another", "One."))
    monkeypatch.setattr("bookbinder.make.labs.seal", lambda lab, root: "another")
    monkeypatch.setattr("bookbinder.make.notebooks.WELCOME", "Another")
    with pytest.raises(SystemExit) as ended:
        main(["--check"])
    wrong = str(ended.value)
    assert re.search(r"gates\.svg: .*: stale", wrong)
    assert re.search(r"cards/arrays\.png: stale", wrong)
    assert re.search(r"train-on-digits\.ipynb: stale", wrong)
    assert re.search(r"arrays\.ipynb: stale", wrong)
    assert wrong.endswith("\nmake figures mends all but what is unused")


def test_all_that_is_made_is_named(
    write: Callable[[str], Page], capsys: pytest.CaptureFixture[str]
) -> None:
    """A card and a notebook, say; and only if nothing was, all was up to date.

    What has gone since, or is no longer as it should be, is made again.
    """
    folder = write("---\ntitle: A page\n---\n\n```python\nx = 1\n```\n").edition
    (folder / "figures").unlink()
    main([], folder.parents[1])
    made = capsys.readouterr().out.splitlines()
    assert made == [
        str(folder / "figures" / "cards" / "page.png"),
        str(folder / "notebooks" / "page.ipynb"),
    ]
    main([], folder.parents[1])
    assert capsys.readouterr().out == "everything is up to date\n"
    page, notebook = folder / "page.md", folder / "notebooks" / "page.ipynb"
    old = folder / "figures" / "cards" / "old.png"
    old.touch()
    with pytest.raises(SystemExit, match=r"old\.png: left over"):
        main(["--check"], folder.parents[1])
    main([], folder.parents[1])
    assert not old.exists()
    capsys.readouterr()
    for text in (None, page.read_text("utf-8").replace("x = 1", "x = 2")):
        page.write_text(text, "utf-8") if text else notebook.unlink()
        main([], folder.parents[1])
        assert capsys.readouterr().out == f"{notebook}\n"


@pytest.mark.parametrize(
    "data", ["weights_mnist.npz", "record_mnist.json", "record_speed.json"]
)
def test_a_drawing_depends_on_the_data_of_the_library(
    data: str, tmp_path: Path
) -> None:
    """Other weights or another record make other figures."""
    (tmp_path / "figures").symlink_to(ROOT / "figures")
    shutil.copytree(ROOT / "src" / "scratchnn", tmp_path / "src" / "scratchnn")
    before = digest("figures.arrays.digit", tmp_path)
    assert before == digest("figures.arrays.digit")
    with (tmp_path / "src" / "scratchnn" / data).open("ab") as file:
        file.write(b" ")
    assert digest("figures.arrays.digit", tmp_path) != before


@pytest.mark.parametrize(
    ("path", "source"), DRAWINGS, ids=lambda value: str(value)[-30:]
)
def test_figure_is_byte_for_byte_what_its_program_draws(path, source) -> None:  # type: ignore[no-untyped-def]
    assert path.read_text("utf-8") == draw(source, ROOT, edition_of(path).name)


@pytest.mark.parametrize(
    ("path", "source"), DRAWINGS, ids=lambda value: str(value)[-30:]
)
def test_figure_follows_the_theme(path, source) -> None:  # type: ignore[no-untyped-def]
    """Every ink is a variable with a light and a dark value; nothing is left black."""
    drawing = re.sub(r"<style>.*?</style>", "", path.read_text("utf-8"))
    assert "prefers-color-scheme:dark" in path.read_text("utf-8")
    assert not re.search(r"(fill|stroke): ?(#|black|rgb)", drawing)


def test_words_are_set_in_the_fonts_of_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Code in the one for code; a sign that they lack is taken from another font.

    A figure is stale when its letters look otherwise.
    """
    used = re.compile(r'href="#([a-zA-Z-]+)-[0-9a-f]+"')
    assert {*used.findall(draw("figures.arrays.picking"))} == {
        "book-serif",
        "book-mono",
    }
    unit = {"book-serif", "STIXGeneral-Regular", "STIXGeneral-Italic"}  # Σ, x and w
    assert {*used.findall(draw("figures.networks.neuron"))} == unit
    before = digest("figures.arrays.picking")
    monkeypatch.setattr("bookbinder.make.fonts.parts", lambda: ["another font"])
    assert digest("figures.arrays.picking") != before


def test_a_font_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And not shown as a crash."""
    monkeypatch.setattr("bookbinder.make.fonts.FONTS", tmp_path)
    with pytest.raises(SystemExit, match=r"book-serif\.woff2 is not there"):
        main([])


def test_what_a_crash_has_cut_short_is_made_again(
    write: Callable[[str], Page], capsys: pytest.CaptureFixture[str]
) -> None:
    """A card, say: it is no picture any more."""
    folder = write("---\ntitle: A page\n---\n\nText.\n").edition
    (folder / "figures").unlink()
    card = folder / "figures" / "cards" / "page.png"
    main([], folder.parents[1])
    whole = card.read_bytes()
    card.write_bytes(whole[:20])
    main([], folder.parents[1])
    assert capsys.readouterr().out == f"{card}\n{card}\n"
    assert card.read_bytes() == whole


def test_figure_that_is_missing_stale_or_unused(write: Callable[[str], Page]) -> None:
    """Or edited by hand: what its program did not draw does not pass for fresh."""
    page = write("![Three squares, cut in two](figures/perceptrons/gates.svg)\n")
    root, gates = page.path.parents[2], "figures.perceptrons.gates"
    (page.edition / "figures").unlink()
    drawn = page.path.parent / "figures/perceptrons/gates.svg"
    assert (drawn, gates, "missing") in [*stale(root)]
    unused = [path.name for path, _, what in stale(root) if what.startswith("unused")]
    assert any(re.fullmatch(r"perceptrons\.py:\d+", name) for name in unused)
    redraw(root)
    fresh = drawn.read_text("utf-8")
    assert gates not in [source for _, source, _ in stale(root)]
    for old, new in (("</svg>\n<!-- ", "</svg>\n<!-- 0"), ("</svg>", "<g/></svg>")):
        assert fresh.count(old) == 1
        drawn.write_text(fresh.replace(old, new), "utf-8")
        assert (drawn, gates, "stale") in [*stale(root)]


def test_a_figure_without_a_function_is_named_by_its_page(tmp_path: Path) -> None:
    """In one line, and what is drawn in its place is not guessed."""
    (tmp_path / "figures").symlink_to(ROOT / "figures")
    page = tmp_path / "docs" / "en" / "page.md"
    page.parent.mkdir(parents=True)
    page.write_text("# Page\n\n![Lost](figures/arrays/lost.svg)\n", "utf-8")
    complaint = f"{page}:3: figures/arrays.py defines no lost"
    for arguments in ([], ["--check"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments, tmp_path)
        assert str(ended.value).startswith(complaint)


def test_an_error_in_the_library_is_laid_at_its_door(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The figure is named, and the line of the library that it came to."""
    code = "from scratchnn import load_parameters\nload_parameters('lost.npz')\n"
    monkeypatch.setattr("bookbinder.make.drawing.program", lambda source, root: code)
    file = re.escape(str(ROOT / "src" / "scratchnn" / "parameters.py"))
    complaint = rf"gates does not draw: FileNotFoundError: .* \(at {file}:\d+\)$"
    with pytest.raises(BookError, match=complaint):
        draw("figures.perceptrons.gates")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("print('drawn')", r"prints, which nobody sees: 'drawn\\n'"),
        ("raise SystemExit(0)", "does not draw: SystemExit: 0"),
        ("np.log(np.zeros(1))", "does not draw: RuntimeWarning: divide by zero"),
    ],
)
def test_what_a_figure_does_besides_is_refused(
    line: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page shows the program, and nothing that it would print or warn of."""
    code = (
        f"import numpy as np, matplotlib.pyplot as plt\n{line}\nfigure = plt.figure()"
    )
    monkeypatch.setattr("bookbinder.make.drawing.program", lambda source, root: code)
    with pytest.raises(BookError, match=rf"perceptrons\.py:\d+: .*gates {what}"):
        draw("figures.perceptrons.gates")


def test_a_slip_in_a_formula_of_a_figure_is_laid_at_its_door(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Matplotlib reads formulas only when it saves the figure."""
    code = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n"
    code += r"axes.set_title(r'$\frac{1$')"
    monkeypatch.setattr("bookbinder.make.drawing.program", lambda source, root: code)
    with pytest.raises(BookError, match=r"perceptrons\.py:\d+: .*gates: \s*.frac"):
        draw("figures.perceptrons.gates")


def test_ink_without_a_dark_twin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n"
    monkeypatch.setattr("bookbinder.make.drawing.program", lambda source, root: code)
    with pytest.raises(BookError, match="#000000"):
        draw("figures.perceptrons.gates")


@pytest.mark.parametrize("spelling", ["imshow", '"training"', '"test"', '"s--"'])
def test_looks_that_chapters_share_stand_in_one_place(spelling: str) -> None:
    """Digits, training and test data are drawn in every chapter as `style` has them."""
    modules = [m for m in (ROOT / "figures").glob("*.py") if m.stem != "style"]
    assert not [m.stem for m in modules if spelling in m.read_text("utf-8")]
