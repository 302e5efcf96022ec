"""What a reader installs and clones holds what it should, and nothing else."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner, Result
from markdown.extensions.toc import slugify
from test_architecture import LAYERS

from bookbinder import ROOT
from bookbinder.check.commands import complaint
from scratchnn import load_mnist

MKDOCS = (ROOT / "mkdocs.yml").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PAGES_HOLD = """
import random
import sys
from pathlib import Path

import scratchnn
from bookbinder.read.book import find_pages
from bookbinder.run.session import run

print(scratchnn.__file__)
pages = find_pages(Path(sys.argv[1]))
assert len(pages) > 8
shuffled = random.sample(pages, len(pages))
wrong = [str(one) for page in shuffled for one in run(page) if not one.holds]
order = ", ".join(page.path.stem for page in shuffled)
sys.exit("\\n\\n".join([f"in the order {order}:", *wrong]) if wrong else 0)
"""


def some(pattern: str, text: str) -> list[Any]:
    """What the pattern finds: at least once, or a test would look at nothing."""
    found = re.findall(pattern, text, re.MULTILINE)
    assert found, pattern
    return found


@pytest.fixture(scope="module")
def wheel(once: Callable[..., Path]) -> Path:
    """The library as `make wheel` packs it."""

    def build(folder: Path) -> None:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
        subprocess.run([*command, "-d", str(folder)], cwd=ROOT, check=True)

    return next(once("dist", build).glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel, and no way to the sources.

    NumPy and what else the pages need come from the environment of the tests, whose own
    links to the sources a new environment does not follow.
    """
    folder = tmp_path_factory.mktemp("reader")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    library = subprocess.check_output([python, "-c", where], text=True).strip()
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(python), "install"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(wheel)], check=True)
    (Path(library) / "tools").mkdir()
    (Path(library) / "tools" / "bookbinder").symlink_to(ROOT / "src" / "bookbinder")
    paths = [sysconfig.get_path("purelib"), str(Path(library) / "tools")]
    (Path(library) / "others.pth").write_text("\n".join(paths), "utf-8")
    return python


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    """Typed, with digits and trained weights; what binds the book stays at home."""
    names = {
        name for name in zipfile.ZipFile(wheel).namelist() if "dist-info" not in name
    }
    library = {
        file.relative_to(ROOT / "src").as_posix()
        for file in (ROOT / "src" / "scratchnn").glob("*.*")
    }
    assert names == library
    assert {name for name in names if not name.endswith(".py")} == {
        "scratchnn/py.typed",
        "scratchnn/digits.npz",
        "scratchnn/record_mnist.json",
        "scratchnn/record_speed.json",
        "scratchnn/record_twin.json",
        "scratchnn/weights_digits.npz",
        "scratchnn/weights_mnist.npz",
    }
    assert all((ROOT / "src" / name).stat().st_size < 200_000 for name in names)


def test_pages_hold_in_any_order_with_the_installed_wheel(
    installed: Path, tmp_path: Path
) -> None:
    """What a reader who installed the library sees is what the pages show.

    One after the other, in one Python: no page leaves anything behind.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    ran = subprocess.run(
        [installed, "-c", PAGES_HOLD, ROOT],
        cwd=tmp_path,
        env={**environment, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert Path(ran.stdout.strip()).is_relative_to(installed.parents[1])


@pytest.fixture
def called(tmp_path: Path) -> Callable[[str], list[str]]:
    """What make calls for a target: commands of Python, and threads of each."""
    if not (shutil.which("make") and os.access("/bin/sh", os.X_OK)):
        pytest.skip("no make on this machine")
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$OPENBLAS_NUM_THREADS $*"\n', "utf-8")
    python.chmod(0o755)
    settings = [f"BIN={tmp_path}"]
    for there in ("ready", "oldest"):
        (tmp_path / there).touch()
        settings.append(f"{there.upper()}={tmp_path / there}")
    inherited = {"OPENBLAS_NUM_THREADS", "MAKEFLAGS", "MAKELEVEL"}
    environment = {k: v for k, v in os.environ.items() if k not in inherited}

    def called(target: str) -> list[str]:
        command = ["make", "--silent", *settings, target]
        said = subprocess.check_output(command, cwd=ROOT, env=environment, text=True)
        return said.splitlines()

    return called


def test_a_proof_has_one_thread_for_each_of_its_processes(
    called: Callable[[str], list[str]],
) -> None:
    """Set before NumPy is there; afterwards NumPy would not look."""
    assert called("proof") == ["1 -m bookbinder.make", "1 -m bookbinder.proof"]


@pytest.mark.parametrize("target", ["serve", "figures", "site", "offline"])
def test_whoever_draws_side_by_side_has_one_thread_for_each(
    target: str, called: Callable[[str], list[str]]
) -> None:
    """There is a process to a core already."""
    assert [line[:2] for line in called(target)] == ["1 "]


def test_new_outputs_are_written_when_all_is_drawn(
    called: Callable[[str], list[str]],
) -> None:
    """On a fresh clone nothing is, and pages whose figures are missing have faults."""
    said = [line.split() for line in called("update")]
    assert [words[-1] for words in said] == ["bookbinder.make", "bookbinder.update"]


def test_versions_are_locked_by_hash_and_without_addresses() -> None:
    """The same packages everywhere, from wherever the reader's pip finds them."""
    lock = (ROOT / "constraints.txt").read_text("utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", lock)
    packages = re.split(r"\n(?=[a-z])", lock.strip())
    assert len(packages) > 40
    assert all(re.match(r"[a-z0-9-]+==\S+", package) for package in packages)
    assert all("--hash=sha256:" in package for package in packages)


def test_the_picture_in_the_readme_is_the_drawn_one() -> None:
    """Copied without its last line, the seal, which changes with the way of drawing."""
    drawn = (ROOT / "docs" / "en" / "figures" / "front" / "spiral.svg").read_text(
        "utf-8"
    )
    kept = (ROOT / "docs" / "spiral.svg").read_text("utf-8")
    assert kept.splitlines() == drawn.splitlines()[:-1]


@pytest.mark.parametrize(
    "file",
    ["README.md", "CONTRIBUTING.md", *WORKFLOWS],
    ids=lambda file: Path(file).name,
)
def test_every_command_that_is_promised_can_be_carried_out(file: str | Path) -> None:
    """As on the pages, where the checks look at every one of them."""
    text = (ROOT / file).read_text("utf-8")
    promised = re.findall(
        r"^[$>] (.+)|`((?:make|(?:\.venv/bin/)?python) [^`]+)`|run: (make .+)",
        text,
        re.M,
    )
    assert promised
    assert not [said for parts in promised if (said := complaint("".join(parts)))]


VERSIONED = {
    "pyproject.toml": r"^version = \"(.+)\"$",
    "mkdocs.yml": r"^copyright: scratchnn (\S+)\. ",
    "CITATION.cff": r"^version: (.+)$",
    "CHANGELOG.md": r"^## ([^\s,]+)",
}
"""The files that name the version, and where: in its list of changes the newest."""


def test_one_version_everywhere() -> None:
    """The package's own is in the footer, the citation and the list of changes.

    And who makes a release is told to write it there.
    """
    texts = {file: (ROOT / file).read_text("utf-8") for file in VERSIONED}
    assert len({some(VERSIONED[file], text)[0] for file, text in texts.items()}) == 1
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (told,) = some(r"^Set the new version in (?:.+\n)*?.*what changed", guide)
    assert re.findall(r"`(.+?)`", told) == [*VERSIONED]


def test_the_makefile_begins_with_all_that_it_makes() -> None:
    """A line for each target, and for no other."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    head, _, body = makefile.partition("\n#\n")
    (targets,) = some(r"^\.PHONY: (.+)", body)
    assert sorted(some(r"^# make (\w+)", head)) == sorted(targets.split())


def test_the_guide_for_windows_does_what_make_does() -> None:
    """The same tools look at the code, with the same options, and then the tests."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (recipe,) = some(r"^lint:.*\n((?:\t.+\n)+)", makefile)
    tools = [*some(r"^\t\$\(BIN\)/(.+)", recipe), "pytest"]
    assert f"\n> {' & '.join(tools)}\n" in (ROOT / "README.md").read_text("utf-8")


def test_the_guide_names_the_layers_of_the_binder() -> None:
    """In the order in which each is built on those before."""
    guide = (ROOT / "README.md").read_text("utf-8")
    (named,) = some(r"((?:`\w+`, )+)folders that are each built on those before", guide)
    assert re.findall(r"\w+", named) == LAYERS


def test_the_licence_is_the_same_everywhere() -> None:
    """MIT for code and CC BY 4.0 for text and figures, wherever it is said."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "MIT"
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    for file in ("LICENSE", "README.md", "CONTRIBUTING.md", "mkdocs.yml"):
        text = " ".join((ROOT / file).read_text("utf-8").split())
        assert re.search(r"MIT", text), file
        assert re.search(r"CC BY 4.0|Creative Commons Attribution 4.0", text), file


def schema_check(schema: str, file: Path) -> Result:
    """Hold a file against a schema that the checker brings along."""
    return CliRunner().invoke(
        check_jsonschema, ["--builtin-schema", f"vendor.{schema}", str(file)]
    )


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("citation-file-format", ROOT / "CITATION.cff"),
        *(("github-workflows", file) for file in WORKFLOWS),
    ],
    ids=lambda value: Path(value).name,
)
def test_files_for_other_services_follow_their_schemas(
    schema: str, file: Path, tmp_path: Path
) -> None:
    """And the check bites: with one required key spoilt, it fails."""
    checked = schema_check(schema, file)
    assert checked.exit_code == 0, checked.output
    text = file.read_text("utf-8")
    spoilt = re.sub(r"(?m)^( *)(runs-on|authors):", r"\1unknown:", text)
    assert spoilt != text
    (tmp_path / file.name).write_text(spoilt, "utf-8")
    assert schema_check(schema, tmp_path / file.name).exit_code == 1


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_workflows_are_modest(file: Path) -> None:
    """Each says what it may do and for how long; none keeps a password."""
    workflow = yaml.safe_load(file.read_text("utf-8"))
    assert workflow["permissions"]["contents"] == "read"
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert set(job.get("needs", "").split()) <= set(workflow["jobs"])
    assert "secrets." not in file.read_text("utf-8")


def test_a_newcomer_can_follow_the_guide(tmp_path: Path) -> None:
    """CONTRIBUTING.md, step by step: its figure is drawn and its test passes."""
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    parts = re.findall(r"At the end of\s+`(.+?)`:\n\n```\w+\n(.+?)\n```", guide, re.S)
    assert len(parts) == 3
    if any(text in (ROOT / file).read_text("utf-8") for file, text in parts):
        pytest.skip("somebody has followed it here")
    skipped = shutil.ignore_patterns(".*", "site", "dist", "__pycache__")
    shutil.copytree(ROOT, tmp_path, ignore=skipped, dirs_exist_ok=True)
    for file, text in parts:
        with (tmp_path / file).open("a", encoding="utf-8") as end:
            end.write(f"\n\n{text}\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    for command in (
        "ruff format --check .",
        "ruff check .",
        "bookbinder.make",
        "pytest -vv tests/test_figures_networks.py"
        " tests/test_book.py::test_page_holds_in_its_place[networks]"
        " tests/test_book.py::test_what_is_said_of_a_figure_is_vouched_for[networks]",
    ):
        ran = subprocess.run(
            [sys.executable, "-m", *command.split()],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        if command.startswith("pytest"):
            assert re.search(r"larger_scores\w* PASSED", ran.stdout)


def test_data_stand_in_the_library_and_the_theme_alone() -> None:
    """What a doctest or a changed library once wrote by mistake is not kept."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone, so nobody knows what is kept")
    ran = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    kept = [Path(name) for name in ran.stdout.decode().split("\0") if name]
    data = {path for path in kept if b"\0" in (ROOT / path).read_bytes()}
    assert {path.parent.as_posix() for path in data} == {"src/scratchnn", "theme/fonts"}


GUIDES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")


@pytest.mark.parametrize("file", GUIDES)
def test_what_a_guide_names_is_there(file: str) -> None:
    """Files, folders and places in them, or else make makes them."""
    text, made = (
        (ROOT / file).read_text("utf-8"),
        (ROOT / "Makefile").read_text("utf-8"),
    )
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for link, place in re.findall(r"\]\((?!https:)([^)#]+)(?:#([^)]+))?\)", text):
        there = (ROOT / link).read_text("utf-8") if link else text
        headings = re.findall(r"^#+ (.+)$", there, re.M)
        assert not place or place in [slugify(heading, "-") for heading in headings]
    for name in re.findall(r"`([\w.]*(?:/|\w\.)[\w/.-]+)`", text):
        known = (ROOT / name).exists() or name in made
        assert known or importlib.util.find_spec(name), name


def unrun(text: str) -> list[str]:
    """The languages of the fences that are no commands, which other tests look at."""
    fences = re.findall(r"^ *(?:```+|~~~+)(.*)\n[\s\S]*?^ *(?:```|~~~)", text, re.M)
    return [language for language in fences if language != "console"]


def test_guides_show_no_code_that_nobody_runs() -> None:
    """One has parts that are followed above, and how an edition is configured."""
    shown = {file: unrun((ROOT / file).read_text("utf-8")) for file in GUIDES}
    parts = ["python", "markdown", "python", "yaml"]
    assert shown == {"README.md": [], "CONTRIBUTING.md": parts, "CHANGELOG.md": []}
    readme = (ROOT / "README.md").read_text("utf-8")
    assert unrun(f"{readme}\n```python\n1 / 0\n```\n") == ["python"]


ALL_GUIDES = "\n".join((ROOT / file).read_text("utf-8") for file in GUIDES)


def test_what_the_guides_say_is_so() -> None:
    """What is needed and downloaded, what make knows, and which chapter is which."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for version in some(r"Python (\d\S*\d)", ALL_GUIDES):
        assert project["requires-python"] == f">={version}"
    for needed in some(r"needs (\w+) and (\w+)\.", ALL_GUIDES):
        assert [f"{name.lower()}>=" in str(project) for name in needed] == [True, True]
        assert len(project["dependencies"]) == len(needed)
    for size in some(r"\d+ MB", ALL_GUIDES):
        assert size in str(load_mnist.__doc__)
    for variable in some(r"`([A-Z]+)=\d+`", ALL_GUIDES):
        assert f"$({variable})" in makefile
    for address in some(r"http://\S+(?=;)", ALL_GUIDES):
        assert address in makefile
    for chapter in some(r"[Cc]hapter (\S+)", ALL_GUIDES):
        assert f"- {chapter} Neural networks: networks.md" in MKDOCS
    assert {*some(r"CC BY ([\d.]+\d)", ALL_GUIDES)} == {"4.0"}


def test_commands_of_the_guides_print_what_they_show() -> None:
    """Programs on a line run, and git knows its options."""
    for code, shown in some(r'^\$ python -c "(.+)"\n((?:[^$`].*\n)*)', ALL_GUIDES):
        assert subprocess.check_output([sys.executable, "-c", code], text=True) == shown
    for command, options in some(r"^\$ git (\w+)(.*)", ALL_GUIDES):
        usage = subprocess.run(["git", command, "-h"], capture_output=True, text=True)
        for option in re.findall(r"--[a-z-]+", options):
            assert option in (usage.stdout + usage.stderr).replace("[no-]", "")
