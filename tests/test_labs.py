"""The labs run, say what is so, and look like the rest of the book."""

import json
import re
import shutil
from collections.abc import Callable
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import conftest
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
import yaml
from playwright.sync_api import Browser
from test_site import parsed, shown

from bookbinder import ROOT, BookError
from bookbinder.check.commands import COMMAND, complaint
from bookbinder.check.prose import WORD
from bookbinder.check.statements import statement_faults
from bookbinder.make import labs, notebooks
from bookbinder.read.book import navigation
from bookbinder.read.pages import Page
from scratchnn import data_folder

LABS = {lab.stem: lab for lab in conftest.LABS}


def cells(path: Path, kind: str = "code") -> list[dict[str, Any]]:
    """The cells of one kind of a notebook."""
    notebook = json.loads(path.read_text("utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def sources(path: Path, kind: str = "code") -> list[str]:
    return ["".join(cell["source"]) for cell in cells(path, kind)]


def test_a_lab_may_have_a_colon_in_its_title(tmp_path: Path) -> None:
    """MkDocs would take no YAML for front matter, and show it."""
    notebook = json.loads(LABS["train-on-digits"].read_text("utf-8"))
    notebook["cells"][0]["source"][0] = "# Notes: one\n"
    lab = tmp_path / "docs" / "en" / "labs" / "lab.ipynb"
    lab.parent.mkdir(parents=True)
    lab.write_text(json.dumps(notebook), "utf-8")
    front = "\n".join(labs.as_page(lab).front)
    assert yaml.safe_load(front)["title"] == "Notes: one"


@cache
def names(lab: str) -> dict[str, Any]:
    """All that a lab defines, run from top to bottom as its reader runs it."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for source in sources(LABS[lab]):
        exec(compile(source, lab, "exec"), space)
    return space


@pytest.fixture(autouse=True)
def no_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are drawn and not shown."""
    monkeypatch.setattr(plt, "show", lambda: None)


@pytest.mark.parametrize("lab", LABS)
def test_lab_is_plain_and_stored_without_outputs(lab: str) -> None:
    """So that Jupyter shows all of it, and a change of it can be read."""
    notebook = nbformat.read(LABS[lab], as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert len(notebook.metadata.description) > 50, "say in a sentence what it is about"
    assert {cell.cell_type for cell in notebook.cells} == {"code", "markdown"}
    for cell in cells(LABS[lab]):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        assert len(cell["metadata"].get("alt", "long enough" * 5)) > 50
    for text in sources(LABS[lab], "markdown"):
        for foreign in ("!!!", "???", "{ .", "<!--", "$", "]["):
            assert foreign not in text


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_is_called_what_the_navigation_calls_it(lab: str) -> None:
    """Its heading is what a reader has clicked at."""
    named = navigation(LABS[lab].parents[1])
    assert f"notebooks/{lab}.ipynb" in named, "list its copy that has run"
    title = f"# {named[f'notebooks/{lab}.ipynb']}"
    assert sources(LABS[lab], "markdown")[0].split("\n")[0] == title


@pytest.mark.parametrize("lab", LABS)
def test_the_copy_of_a_lab_has_its_cells(lab: str) -> None:
    """What is shown below each is what that one has printed."""
    assert sources(labs.place(LABS[lab])) == sources(LABS[lab])


@pytest.mark.parametrize("lab", LABS)
def test_what_the_code_of_a_lab_does_is_seen(lab: str) -> None:
    """It is printed, drawn or used further down, as on every page."""
    assert not [*statement_faults(labs.as_page(LABS[lab]), ROOT)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("plt.show()", "sum(rates)\nplt.show()"),
        ("plt.show()", "shares = [len(rates)]\nplt.show()"),
        ("plt.show()", "plt.show()\naxes.legend()"),
        ("plt.show()", "assert len(rates) >= 0\nplt.show()"),
        ("    print(f", "    len(rates)\n    print(f"),
        ("plt.show()", ""),
        ("rates = [0.001", "import json\nrates = [0.001"),
    ],
)
def test_what_nobody_sees_in_a_lab_is_a_fault(old: str, new: str) -> None:
    """In the cell that compares learning rates."""
    page = labs.as_page(LABS["train-on-digits"])
    cell = next(block.code for block in page.blocks if "rates" in block.code)
    assert old in cell
    spoilt = page.text.replace(cell, cell.replace(old, new))
    assert [*statement_faults(Page(page.path, spoilt), ROOT)]


QUOTED = {
    "train-on-digits": [
        "[Chapter 5.7](../reading.md) trained a network to read digits",
        "This loss sits near 2.3, the logarithm of ten",
        "its slope is 0",
    ],
    "mnist-from-the-shell": [
        "60,000 pictures to learn from and 10,000 to be tested on, of 28 by 28 pixels",
        "fetch it, 12 MB,",
        "784 inputs, fifty numbers in between and ten answers",
        "seventeen times, a hundred at a step, which makes 600 steps an epoch",
        "with 600 steps, an epoch is a lot of learning",
        "between 97 and 98 pictures in a hundred",
        "one command trains a network on the 60,000 pictures of MNIST",
    ],
}
"""What the labs say with a number in it; the tests below vouch for it."""

PICTURES = {
    "train-on-digits": [
        "Two panels. The loss falls steeply for two epochs and then ever more slowly. "
        "The accuracy on training and test pictures rises together, in a few epochs, "
        "to more than nine in ten.",
        "Four curves of the loss over ten epochs. With a learning rate of 0.001 it "
        "hardly falls, with 0.02 it falls slowly, with 0.5 it drops at once and goes "
        "on falling, and with 3 it soon lies where a guess would.",
        "Accuracy after ten epochs against the number of hidden neurons, for training "
        "and test pictures. From one neuron to ten both curves climb from about a "
        "quarter to more than nine in ten; from there to two hundred they are nearly "
        "level.",
        "Eight dots, one for each seed: the numbers of right answers scatter between "
        "the high 340s and the middle 350s out of 360.",
        "Six small pictures of handwritten digits that the network misreads, each "
        "under the digit that it is and the digit that the network took it for. "
        "Several are hard to read for people too.",
    ],
    "mnist-from-the-shell": [
        "Two panels. The loss drops in the first epoch and then sinks slowly, "
        "jittering. The accuracy on training pictures climbs on to nearly 0.99; that "
        "on test pictures goes with it at first, falls behind and levels out between "
        "0.97 and 0.98.",
    ],
}
"""What the labs say of their pictures, in order; the tests below vouch for it, too."""


@pytest.mark.parametrize("lab", LABS)
def test_numbers_of_a_lab_are_quoted(lab: str) -> None:
    """To the letter, and there are no others but those of lists and in code."""
    description = nbformat.read(LABS[lab], as_version=4).metadata.description  # type: ignore[no-untyped-call]
    text = " ".join([*sources(LABS[lab], "markdown"), description])
    text = " ".join(re.sub(r"`[^`]*`|^\d+\. ", "", text, flags=re.MULTILINE).split())
    for quotation in QUOTED.get(lab, []):
        assert quotation in text
        text = text.replace(quotation, "")
    assert re.findall(r"[^.]*\d[^.]*", text) == []


@pytest.mark.parametrize("lab", LABS)
def test_what_is_said_of_pictures_of_a_lab_is_quoted(lab: str) -> None:
    """To the letter and in order, so that none has the words of another."""
    told = [cell["metadata"].get("alt") for cell in cells(LABS[lab])]
    assert [alt for alt in told if alt] == PICTURES.get(lab, [])


@pytest.mark.parametrize("lab", LABS)
def test_code_and_links_in_sentences_of_a_lab_are_true(lab: str) -> None:
    """Commands can be carried out, names are known, a page is called by its title."""
    code = "\n".join(sources(LABS[lab]))
    library = [
        path.read_text("utf-8") for path in (ROOT / "src/scratchnn").glob("*.py")
    ]
    known = {*WORD.findall("\n".join([code, *library]))}
    for text in sources(LABS[lab], "markdown"):
        for span in re.findall(r"`([^`]+)`", text):
            option = "python -m scratchnn train " if span.startswith("--") else ""
            if option or COMMAND.fullmatch(span):
                assert not complaint(option + span.lstrip("!"))
            else:
                assert {*WORD.findall(span)} <= known, span
        for called, file in re.findall(r"\[([^\]]+)\]\(\.\./([\w-]+\.md)\)", text):
            title = Page.read(ROOT / "docs" / "en" / file).title
            assert called.lower() in (title.lower(), "chapter 5.7"), called


def test_what_the_lab_on_digits_says_is_so() -> None:
    lab = names("train-on-digits")
    assert round(np.log(10), 1) == 2.3
    history = lab["history"]
    assert lab["learn"].__defaults__ == (50, 0.2, 0, 10)
    assert lab["rates"] == [0.001, 0.02, 0.5, 3]
    first = lab["learn"]()[1]
    assert first.test_accuracy[3] > 0.9 > first.test_accuracy[0]
    assert first.test_accuracy[-1] > 19 / 20
    assert abs(first.train_accuracy[-1] - first.test_accuracy[-1]) < 0.02
    assert np.all(np.abs(np.subtract(first.train_accuracy, first.test_accuracy)) < 0.04)
    falls = -np.diff(lab["mean_losses"](first))
    assert min(falls[:2]) > 2 * max(falls[2:])
    assert np.mean(falls[2:5]) > 3 * np.mean(falls[5:]) > 0
    glacier, slow, right, wild = (lab["learn"](lr=lr)[1] for lr in lab["rates"])
    assert lab["mean_losses"](right)[1] < 0.5 < 1 < lab["mean_losses"](slow)[-1]
    assert np.all(np.diff(lab["mean_losses"](right)) < 0)
    assert np.all(np.diff(lab["mean_losses"](glacier)) < 0)
    assert glacier.loss[-1] > 2
    assert 0.8 < slow.test_accuracy[-1] < right.test_accuracy[-1]
    assert history.loss == wild.loss
    assert np.allclose(lab["mean_losses"](wild)[1:], np.log(10), atol=0.1)
    assert lab["silent"](lab["stuck"]) == 49
    assert lab["silent"](lab["net"]) < 5
    slower = copy(lab["stuck"])
    slower.params = dict(slower.params)
    rng = np.random.default_rng(0)
    lab["train"](slower, lab["data"], epochs=3, batch_size=50, lr=0.02, rng=rng)
    assert lab["silent"](slower) == 49


def test_what_the_lab_on_digits_says_of_width_and_luck_is_so() -> None:
    lab = names("train-on-digits")
    tested = dict(
        zip(lab["widths"], [h.test_accuracy[-1] for h in lab["learnt"]], strict=True)
    )
    assert tested[1] < 1 / 3
    assert tested[2] < 0.6
    assert tested[10] > 0.9
    assert abs(tested[200] - tested[50]) < 0.02
    for curve in ("train_accuracy", "test_accuracy"):
        shares = [getattr(history, curve)[-1] for history in lab["learnt"]]
        assert lab["widths"][3] == 10
        assert 0.2 < shares[0] < 0.3 < 0.9 < shares[3]
        assert shares[:4] == sorted(shares[:4])
        assert max(shares[3:]) - min(shares[3:]) < 0.04
    widest = lab["learnt"][-1]
    assert widest.train_accuracy[-1] < 0.99
    assert 345 <= min(lab["right_answers"]) < 350
    assert 355 <= max(lab["right_answers"]) < 358
    assert len(lab["x_test"]) == 360
    assert len(lab["right_answers"]) == 8
    assert len(lab["wrong"]) >= len(lab["row"]) == 6
    for axes, i in zip(lab["row"], lab["wrong"], strict=False):
        (shown,) = axes.images
        assert np.array_equal(shown.get_array().ravel(), lab["x_test"][i])
        assert axes.get_title() == f"{lab['t_test'][i]} as {lab['answers'][i]}"


def test_what_the_lab_on_mnist_says_of_its_record_is_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCRATCHNN_DATA", str(tmp_path))
    lab = names("mnist-from-the-shell")
    assert not lab["here"]
    record, loss, wrong = lab["record"], lab["loss"], np.array(lab["wrong"])
    settings = record["settings"]
    assert (settings["epochs"], settings["batch_size"]) == (17, 100)
    assert (settings["hidden"], settings["dtype"]) == ([50], "float32")
    assert len(loss) == 10 * settings["epochs"]
    assert 60_000 // settings["batch_size"] == 600
    assert loss == record["loss"]
    assert loss[9] < 0.3 < loss[0] < np.log(10)
    train, test = np.array([record["train_accuracy"], record["test_accuracy"]])
    assert 0.97 < test[-1] < 0.98 < 0.985 < train[-1] < 0.99
    assert np.all(np.diff(train) > -0.001)
    assert max(test[10:]) - min(test[10:]) < 0.004
    assert loss[0] - loss[9] > loss[9] - loss[-1]
    assert np.any(np.diff(loss[-10:]) > 0)
    assert train[0] - test[0] < 0.005 < 0.01 < train[-1] - test[-1]
    saved = -np.diff(wrong[[0, 1, 3, 7, 15]])
    assert min(saved) == saved[-1] > 0
    assert np.all((wrong[7:] > 200) & (wrong[7:] < 300))


def test_lab_on_mnist_trains_where_the_data_is(mnist: object) -> None:
    """In float32 it ends within a few pictures in a thousand of the recorded run."""
    ran = labs.run(LABS["mnist-from-the-shell"], str(data_folder()))
    said = [
        "".join(output["text"])
        for cell in ran["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream"
    ]
    assert "recorded run" not in said[1]
    assert "Trained for 10,200 steps" in said[1]
    apart = float(said[-1].split()[-1])
    assert apart < 0.005


def test_what_is_printed_in_pieces_is_one_output() -> None:
    """Jupyter sends what there is whenever it looks, on a slow machine more often."""
    code = "import time\nprint('a', flush=True)\ntime.sleep(0.5)\nprint('b')"
    cell: dict[str, Any] = {"cell_type": "code", "id": "a", "source": code}
    cell |= {"metadata": {}, "execution_count": None, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (ran,) = labs.executed(notebook)["cells"]
    assert [output["text"] for output in ran["outputs"]] == [["a\n", "b\n"]]


@pytest.mark.parametrize("lab", LABS)
def test_page_shows_what_was_run(lab: str, site: Path) -> None:
    """Every cell, and what it printed and drew, as on all pages of the book."""
    page = site / "notebooks" / lab / "index.html"
    wanted = []
    for cell in cells(labs.place(LABS[lab])):
        wanted.append(("script", "".join(cell["source"])))
        for output in cell["outputs"]:
            if output["output_type"] == "stream":
                wanted.append(("output", "".join(output["text"]).rstrip("\n")))
    assert shown(page) == wanted
    drawn = parsed(page).xpath("//figure[@id]/a[@class='enlarge']/img[@width]/@alt")
    told = [cell["metadata"].get("alt") for cell in cells(LABS[lab])]
    assert drawn == [alt for alt in told if alt]
    assert page.stat().st_size < 150_000


@pytest.mark.parametrize("lab", LABS)
def test_lab_can_be_downloaded_and_copied_from(
    lab: str, site: Path, browser: Browser, address: str
) -> None:
    """The notebook behind the link at the top is the lab; the copy button copies."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"{address}notebooks/{lab}/")
    with tab.expect_download() as download:
        tab.get_by_text("Download this notebook").click()
    assert download.value.suggested_filename == f"{lab}.ipynb"
    assert sources(Path(download.value.path())) == sources(LABS[lab])
    tab.hover(".highlight")
    tab.click(".highlight button, .highlight .md-clipboard")
    copied = tab.evaluate("navigator.clipboard.readText()")
    context.close()
    assert copied.rstrip() == sources(LABS[lab])[0]


@pytest.fixture
def lab_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes the only lab of a small book, with one cell."""
    (tmp_path / "src").symlink_to(ROOT / "src")
    (tmp_path / "figures").symlink_to(ROOT / "figures")
    path = tmp_path / "docs" / "en" / "labs" / "lab.ipynb"
    path.parent.mkdir(parents=True)

    def write(source: str, **metadata: str) -> Path:
        notebook = json.loads(LABS["train-on-digits"].read_text("utf-8"))
        cell = {**cells(LABS["train-on-digits"])[0], "source": source}
        notebook["cells"] = [{**cell, "metadata": metadata}]
        path.write_text(json.dumps(notebook), "utf-8")
        return path

    return write


def test_lab_that_fails_is_refused(lab_of: Callable[..., Path], tmp_path: Path) -> None:
    """With the file and the error; nothing is written."""
    lab = lab_of("1 / 0")
    with pytest.raises(BookError, match=r"lab\.ipynb[\s\S]*ZeroDivisionError"):
        labs.rerun(tmp_path)
    assert not labs.place(lab).exists()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{\n"cells": [\n<<<<<<< mine\n', r":3: no notebook: Expecting value"),
        ('{"cells": [], "metadata": {"description": "No cells."}}', ": a lab has a"),
        ('{"cells": [{"source": ["# Lab"]}], "metadata": {}}', ": a lab has a descr"),
        ("[]", ": a lab has a description in its metadata, a cell of code, and an"),
    ],
)
def test_what_is_no_whole_lab_is_refused(
    text: str, complaint: str, lab_of: Callable[..., Path], tmp_path: Path
) -> None:
    """In a sentence with the file: as a merge leaves it, or an older editor."""
    lab = lab_of("1")
    lab.write_text(text, "utf-8")
    for use in (lambda: labs.rerun(tmp_path), lambda: labs.as_page(lab)):
        with pytest.raises(BookError, match=re.escape(str(lab)) + complaint):
            use()


def test_lab_is_run_once_for_each_change(
    lab_of: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its pictures follow: drawn for both themes, described, removed when gone.

    Whatever backend Matplotlib is told to use elsewhere.
    """
    monkeypatch.setenv("MPLBACKEND", "agg")
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    lab = lab_of(draw, alt="A line")
    assert labs.rerun(tmp_path) == [lab]
    assert labs.rerun(tmp_path) == []
    assert [*labs.stale(tmp_path, "https://example.org/")] == [lab]
    assert not [*labs.stale(tmp_path, None)]
    whole = labs.place(lab).read_text("utf-8")
    for cut in (whole[:20], whole):  # by a crash, and mended
        labs.place(lab).write_text(cut, "utf-8")
        assert any(labs.stale(tmp_path)) == (cut != whole)
    drawn = labs.picture(lab, 1).read_text("utf-8")
    assert "prefers-color-scheme:dark" in drawn
    assert "#1f77b4" not in drawn
    lab_of("print('no picture')")
    assert labs.rerun(tmp_path) == [lab]
    assert not labs.picture(lab, 1).exists()
    lab_of(draw)
    with pytest.raises(BookError, match="draws a picture, and has no alt"):
        labs.rerun(tmp_path)


def test_a_lab_is_stale_when_what_makes_its_copy_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What runs it, what makes its prose plain, and what gives pictures their inks."""
    make = shutil.copytree(Path(labs.__file__).parent, tmp_path / "make")
    monkeypatch.setattr(labs, "__file__", str(make / "labs.py"))
    lab = LABS["train-on-digits"]
    seals = {labs.seal(lab)}
    for name in ("labs.py", "notebooks.py", "drawing.py"):
        with (make / name).open("a") as file:
            file.write("# changed\n")
        seals.add(labs.seal(lab))
    assert len(seals) == 4


def test_lab_has_the_inks_of_its_book(
    lab_of: Callable[..., Path], tmp_path: Path
) -> None:
    """Of the book that it stands in, as its seal says."""
    (tmp_path / "figures").unlink()
    shutil.copytree(ROOT / "figures", tmp_path / "figures")
    with (tmp_path / "figures" / "style.py").open("a") as file:
        file.write('BLUE = "#123456"\n')
    lab = lab_of("import matplotlib\nprint(matplotlib.rcParams['axes.prop_cycle'])")
    labs.rerun(tmp_path)
    assert "#123456" in labs.place(lab).read_text("utf-8")


def test_lab_knows_no_downloaded_data_when_it_is_built(
    lab_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So every machine shows the same; a folder with data can be named.

    What it leaves in the folder for temporary files is gone afterwards.
    """
    monkeypatch.setenv("SCRATCHNN_DATA", "somewhere")
    lab = lab_of(
        "import tempfile\nfrom scratchnn import data_folder\n"
        "print(data_folder())\nprint(tempfile.mkdtemp())"
    )
    for folder in ("", "given"):
        ran = labs.run(lab, folder)
        said, left = "".join(ran["cells"][0]["outputs"][0]["text"]).split()
        assert said != "somewhere"
        assert said == folder or (not folder and not Path(said).exists())
        assert not Path(left).exists()


def test_left_over_copies_are_removed(tmp_path: Path) -> None:
    """A lab that was renamed leaves nothing behind."""
    shutil.copytree(ROOT / "docs" / "en" / "labs", tmp_path / "docs" / "en" / "labs")
    old = tmp_path / "docs" / "en" / "notebooks" / "old.ipynb"
    old.parent.mkdir()
    old.write_text("{}", "utf-8")
    kept = tmp_path / "docs" / "en" / "notebooks" / "train-on-digits.ipynb"
    kept.write_text("{}", "utf-8")
    assert notebooks.write(tmp_path) == [old]
    assert kept.exists()


def test_an_alt_without_its_picture_is_refused(
    lab_of: Callable[..., Path], tmp_path: Path
) -> None:
    lab_of("print(1)", alt="A line")
    with pytest.raises(BookError, match="draws no picture"):
        labs.rerun(tmp_path)


@pytest.mark.parametrize("source", ["1 + 1", "from IPython.display import *\nHTML('')"])
def test_a_cell_that_ends_in_a_value_is_refused(
    source: str, lab_of: Callable[..., Path], tmp_path: Path
) -> None:
    """Its page would know no place for it; the lab and the cell are named."""
    lab = lab_of(source)
    cell = cells(lab)[0]["id"]
    with pytest.raises(BookError, match=rf"lab\.ipynb: cell {cell} shows what is"):
        labs.rerun(tmp_path)
    assert not labs.place(lab).exists()
