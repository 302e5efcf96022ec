"""The proof bites: a survivor is planted in each part, and is reported."""

import re
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bookbinder import ROOT, BookError
from bookbinder.check.faults import faults
from bookbinder.proof import RECORD, __main__, code, machines, text
from bookbinder.proof import record as record_of
from bookbinder.proof.judging import Report, judged
from bookbinder.proof.places import KINDS, Corruption, corruptions
from bookbinder.read.pages import Page
from bookbinder.run.processes import COPIES

in_copies = pytest.mark.skipif(not COPIES, reason="processes cannot be copied here")

PAGE = """\
---
title: A page
---

# A page

```python
import numpy as np

total = np.add(1, 1)
```

```pycon
>>> total = total + 1
>>> print(total)
3
```

It is 3<!--= total -->.
"""


def whatever(page: Page, root: Path) -> str:
    """A check that sees nothing."""
    return ""


def left_lying(change: SimpleNamespace) -> str:
    """Makes a folder that nobody removes, as a book does that is stopped half-way."""
    return tempfile.mkdtemp()


def static(page: Page, root: Path) -> str:
    """A check that runs no code, so it cannot see a wrong output."""
    return "".join(faults(page, root)[:1])


@pytest.fixture
def book(write: Callable[[str], Page]) -> Path:
    """A book of one page."""
    return alone(write(PAGE))


def alone(page: Page) -> Path:
    """The root of a book that has only this page."""
    root = page.path.parents[2]
    (root / "mkdocs.yml").unlink()
    (root / "mkdocs.yml").write_text("nav:\n  - A page: page.md\n", "utf-8")
    return root


def test_every_kind_of_corruption_changes_what_it_says(book: Path) -> None:
    """Each replaces a part of the page by something else, in the line it names."""
    page = Page.read(book / "docs/en/page.md")
    found = list(corruptions(page))
    assert {one.kind for one in found} >= {
        "a digit in an output",
        "a digit in a sentence",
        "a name misspelt in code",
        "two lines of a session swapped",
        "an expression behind a number dropped",
        "a block that is no longer run",
    }
    for one in found:
        changed = [
            n
            for n, (a, b) in enumerate(
                zip(page.lines, one.corrupted.lines, strict=False), 1
            )
            if a != b
        ]
        assert changed[0] == one.line


def test_every_kind_has_a_place_in_the_book() -> None:
    """A kind without places would prove nothing."""
    found = {one.kind for one in text.sample(ROOT, 300, 0)}
    assert found >= set(KINDS)


@in_copies
def test_all_corruptions_of_a_small_book_are_caught(book: Path) -> None:
    """By the checks of the book, every one."""
    report = text.attack(text.sample(book, 400, 0), book)
    assert report.samples.total() > 10
    assert report.survivors == []
    assert report.caught == report.samples


@in_copies
def test_a_survivor_is_reported_as_a_diff(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that runs nothing misses a wrong output, and the report shows where."""
    monkeypatch.setattr(text, "Checks", lambda root: static)
    page = Page.read(book / "docs/en/page.md")
    start = page.text.index("3\n```")
    planted = Corruption("a digit in an output", page, start, start + 1, "4")
    report = text.attack([planted], book)
    assert report.caught.total() == 0
    (survivor,) = report.survivors
    assert survivor == planted
    shown = text.diff(survivor)
    assert shown.startswith(f"{page.path}:16: a digit in an output")
    assert "\n-3\n+4\n" in shown


def test_a_book_with_a_fault_is_not_attacked(write: Callable[[str], Page]) -> None:
    """Everything would seem to be caught."""
    root = alone(write(PAGE.replace("\n3\n", "\n4\n")))
    with pytest.raises(BookError, match="must be sound"):
        text.attack(text.sample(root, 1, 0), root)


@in_copies
def test_a_page_that_never_ends_is_caught(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "SECONDS", 1)
    page = Page.read(book / "docs/en/page.md")
    start = page.text.index("total = np")
    endless = "while True:\n    assert np.pi > 3\n"
    planted = Corruption("an endless loop", page, start, start, endless)
    assert "did not end in 1 seconds" in text.judge(text.Checks(book), book, planted)


@in_copies
def test_no_place_is_attacked_where_none_is_asked_for(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it is no whole run, so nothing is written."""
    before = RECORD.read_text("utf-8")
    assert __main__.main(["--only", "text", "--samples", "0"], book) == 0
    assert '"samples": 0' in capsys.readouterr().out
    assert RECORD.read_text("utf-8") == before
    with pytest.raises(SystemExit):
        __main__.main(["--samples", "-1"], book)
    assert "--samples: -1 is no number of places" in capsys.readouterr().err


@in_copies
def test_the_proof_fails_on_a_survivor(
    book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the diff on the screen, and nothing written."""
    monkeypatch.setattr(text, "Checks", lambda root: whatever)
    before = RECORD.read_text("utf-8")
    assert __main__.main(["--only", "text", "--samples", "3"], book) == 1
    assert "+++ a" in capsys.readouterr().out
    assert RECORD.read_text("utf-8") == before


def test_changes_of_a_function(tmp_path: Path) -> None:
    """Operators, comparisons, numbers, errors; no docstrings, no types, no words."""
    path = tmp_path / "module.py"
    path.write_text(
        "def f(x: float = 1) -> float:\n"
        '    """Say nothing."""\n'
        "    if x < 0:\n"
        '        raise ValueError(f"{x} is too small")\n'
        "    return -x * 2\n"
    )
    found = {mutant.name.removeprefix("module.f: ") for mutant in code.mutants(path)}
    assert found == {
        "def f(x: float = {1 -> 2}) -> float:",
        "if {x < 0 -> (x <= 0)}:",
        "if x < {0 -> 1}:",
        '{raise ValueError(f"{x} is too small") -> pass}',
        "{return -x * 2 -> return None}",
        "return {-x * 2 -> (-x / 2)}",
        "return {-x -> (x)} * 2",
        "return -x * {2 -> 3}",
    }
    for mutant in code.mutants(path):
        assert mutant.text != path.read_text()
        compile(mutant.text, "module", "exec")


PLANTED = code.Mutant(
    ROOT / "src/scratchnn/perceptron.py", "AND", 1, 0, 0, "", "# nothing\n"
)


def test_a_change_that_the_book_notices_is_killed() -> None:
    """One weight of the gate AND; a comment in its place changes nothing."""
    gates = code.mutants(ROOT / "src/scratchnn/perceptron.py")
    weight = next(one for one in gates if one.function == "AND" and one.new == "1.5")
    users = {"perceptron.AND": ["scratchnn.perceptron"]}
    assert code.killer(ROOT, users, weight) == "scratchnn.perceptron"
    assert code.killer(ROOT, users, PLANTED) == ""
    interrupt = replace(PLANTED, new="raise KeyboardInterrupt\n")
    assert code.killer(ROOT, users, interrupt) == "scratchnn.perceptron"


def test_a_survivor_must_be_excused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """And an excuse without a survivor is a fault as well."""
    report = Report[code.Mutant]()
    for by in ("a page", *["a page"] * 30, ""):
        report.add(PLANTED, by)
    monkeypatch.setattr(code, "attack", lambda *_: report)
    options = SimpleNamespace(samples=None, seed=0, module=None)
    monkeypatch.setattr(code, "excused", lambda root: {"lost": "why not"})
    _, problems = __main__.prove_code(options, ROOT)
    assert "nothing in the book notices: perceptron.AND" in problems[0]
    assert "does not survive any more: lost" in problems[1]
    monkeypatch.setattr(code, "excused", lambda root: {PLANTED.name: "a comment"})
    found, problems = __main__.prove_code(options, ROOT)
    assert problems == []
    assert (found["samples"], found["caught"], found["excused"]) == (32, 31, 1)


def test_one_module_is_attacked_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, and excuses of the others are not missed."""
    attacked: list[code.Mutant] = []
    monkeypatch.setattr(code, "who_uses", lambda root: {})

    def judged(_: object, found: list[code.Mutant]) -> Report[code.Mutant]:
        attacked.extend(found)
        return Report()

    monkeypatch.setattr(code, "judged", judged)
    monkeypatch.setattr(__main__, "keep", lambda *_: pytest.fail("it is written"))
    assert __main__.main(["--module", "descent"]) == 0
    assert {mutant.kind for mutant in attacked} == {"descent"}
    for name in ("ascent", "__init__", "../bookbinder/update"):
        with pytest.raises(SystemExit):
            __main__.main(["--module", name])
        what = f"the library has no module {name} to attack"
        assert what in capsys.readouterr().err
    with pytest.raises(SystemExit):
        __main__.main(["--only", "text", "--module", "descent"])
    assert "not allowed with" in capsys.readouterr().err


def test_gradients_and_layers_have_no_excuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every change there has to be noticed, whatever the list says."""
    path = ROOT / "src/scratchnn/layers.py"
    planted = replace(PLANTED, path=path, function="Relu")
    report = Report[code.Mutant]()
    report.add(planted, "")
    monkeypatch.setattr(code, "attack", lambda *_: report)
    monkeypatch.setattr(code, "excused", lambda root: {planted.name: "a comment"})
    options = SimpleNamespace(samples=1, seed=0, module=None)
    _, problems = __main__.prove_code(options, ROOT)
    assert problems == [f"{path}:1: no excuse in gradients and layers: {planted.name}"]


def test_every_excuse_has_a_reason() -> None:
    """In words, and for changes that could be made."""
    names = {mutant.name for mutant in code.all_mutants()}
    for name, reason in code.excused().items():
        assert name in names, name
        assert len(reason) > 20


def test_a_page_that_differs_on_another_machine_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the setting in front, and so is a figure that another Matplotlib moves."""
    monkeypatch.setattr(machines, "OLDEST", tmp_path)
    setting = "Haswell, 1, NumPy 2.0.2"
    planted = {setting: ["page.md:1: off"]}
    monkeypatch.setattr(machines, "differences", lambda: planted)
    monkeypatch.setattr(machines, "strays", lambda: {"figures.a.b": 0.5})
    about = tmp_path / "matplotlib-3.9.4.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Name: matplotlib\nVersion: 3.9.4\n", "utf-8")
    found, problems = __main__.prove_machines(None, ROOT)
    assert found["matplotlib"] == "3.9.4"
    assert problems[0] == f"{setting}: page.md:1: off"
    assert problems[1].startswith("figures.a.b: 50.0% of the ink")


def test_what_the_proof_lacks_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the part that lacks it, and without a traceback."""
    monkeypatch.setattr(machines, "OLDEST", tmp_path / "oldest")
    with pytest.raises(SystemExit, match=r"^machines: .*oldest is missing: run make"):
        __main__.main(["--only", "machines"])


def test_a_processor_is_imitated() -> None:
    """The setting reaches the process, and one that cannot be is not counted."""
    code = "import os; print(os.environ['OPENBLAS_CORETYPE'])"
    assert machines.Machine("Haswell", 1).python("-c", code).stdout == "Haswell\n"
    assert machines.can_run("Prescott")


def test_ink_that_moves_far_is_astray() -> None:
    """A few pixels are not."""
    ink = np.zeros((60, 60), dtype=bool)
    ink[20:30, 20:30] = True
    assert machines._stray(ink, np.roll(ink, 5, axis=0)) == 0
    assert machines._stray(ink, np.roll(ink, 25, axis=1)) == 1
    assert machines._stray(ink, np.zeros((90, 60), dtype=bool)) == 1


def test_the_record_holds_what_its_page_says() -> None:
    """Three parts, each of a whole run."""
    record = record_of()
    for part in ("text", "code", "machines"):
        assert {"date", "seed", "versions", "minutes"} <= set(record[part])
    text, code = record["text"], record["code"]
    assert text["caught"] == text["samples"] >= 500
    assert sum(caught for caught, _ in text["kinds"].values()) == text["caught"]
    assert code["caught"] >= __main__.KILLED * code["samples"]
    assert code["samples"] - code["caught"] == code["excused"]
    assert len(record["machines"]["cores"]) >= 1
    page = (ROOT / "docs/en/checked.md").read_text("utf-8")
    for name, (caught, of) in text["kinds"].items():
        first, second = (f'<!--= kinds["{name}"][{n}] -->' for n in (0, 1))
        assert f"| {name} | {caught}{first} | {of}{second} |" in page
    for name, (caught, of) in code["modules"].items():
        first, second = (f'<!--= {what}["{name}"] -->' for what in ("noticed", "of"))
        assert f"| `{name}` | {caught}{first} | {of}{second} |" in page
    five = re.search(r"In the five modules (.+?), no change may", page, re.DOTALL)
    assert five
    assert {*re.findall(r"`(\w+)`", five[1])} == {*__main__.WHOLE}
    assert len(__main__.WHOLE) == 5
    assert all(code["modules"][m][0] == code["modules"][m][1] for m in __main__.WHOLE)


@in_copies
def test_nothing_is_left_lying_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof stops thousands of books, and each may have had a folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    report = judged(left_lying, [SimpleNamespace(kind="a folder")])
    assert report.caught.total() == 1
    assert list(tmp_path.iterdir()) == []
