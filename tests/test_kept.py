"""A build takes a page as it was only where it would be made the same again."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from markdown.extensions.attr_list import AttrListExtension
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, get_files
from mkdocs.structure.nav import get_navigation

from bookbinder import BookError
from bookbinder.build import kept
from bookbinder.build.kept import Kept
from bookbinder.convert.binding import bound
from bookbinder.read.pages import Page

CONFIG = """
site_name: small
docs_dir: docs/en
plugins: []
nav: [1 First: first.md, 2 Second: second.md, The code: code.md]
markdown_extensions:
  - toc
  - pymdownx.superfences
  - bookbinder.convert.binding: {root: ROOT}
"""

FIRST = """---
title: First
---

# First

Words.

``` { .python source="scratchnn.one.twice" }
```
"""

CODE = """---
title: The code
---

# The code

``` { .python source="scratchnn.one" }
```
"""

Build = Callable[..., tuple[list[str], list[str], dict[str, str]]]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book of three pages, two of which list what the library has."""
    for name, text in {
        "docs/en/first.md": FIRST,
        "docs/en/code.md": CODE,
        "docs/en/second.md": "---\ntitle: Second\n---\n\n# Second\n\nMore words.\n\n"
        "```python\nprint(1)\n```\n",
        "src/scratchnn/__init__.py": "from scratchnn.one import twice\n",
        "src/scratchnn/one.py": "def twice(x):\n    return 2 * x\n",
        "mkdocs.yml": CONFIG.replace("ROOT", str(tmp_path)),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def known(book: Path) -> tuple[MkDocsConfig, Files]:
    """What MkDocs knows of the book before it turns to the pages."""
    config = load_config(str(book / "mkdocs.yml"))
    config.plugins.on_config(config)
    files = get_files(config)
    get_navigation(files, config)
    return config, files


@pytest.fixture
def build(book: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Builds it; says which pages were checked and rendered, and what they are."""
    checked: list[str] = []
    rendered: list[str] = []
    render = kept.render

    def looked(page, root):  # type: ignore[no-untyped-def]
        checked.append(page.path.stem)
        return bound(page, root)

    def made(page, config, files):  # type: ignore[no-untyped-def]
        rendered.append(Path(page.file.src_uri).stem)
        return render(page, config, files)

    monkeypatch.setattr(kept, "bound", looked)
    monkeypatch.setattr(kept, "render", made)

    def build(*bound_before: str) -> tuple[list[str], list[str], dict[str, str]]:
        config, files = known(book)
        for name in bound_before:
            page = Page.read(book / "docs" / "en" / f"{name}.md")
            kept.ready(config)[page.path] = bound(page, book)
        plugged_in: list[object] = config["markdown_extensions"]  # as plugins do
        plugged_in.append(AttrListExtension())
        pages = Kept(config, files)
        checked.clear()
        rendered.clear()
        found = {}
        for file in files.documentation_pages():
            assert file.page is not None
            file.page.read_source(config)
            pages.rendered(file.page)
            found[Path(file.src_uri).stem] = file.page.content or ""
        return checked.copy(), rendered.copy(), found

    return build


def edit(path: Path, old: str, new: str) -> None:
    """Change the one place of a file at which `old` stands."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_what_has_not_changed_is_not_made_again(build: Build) -> None:
    """But it is looked at."""
    *_, first = build()
    assert "return" in first["first"]
    checked, rendered, pages = build()
    assert sorted(checked) == ["code", "first", "second"]
    assert rendered == []
    assert pages == first


def test_what_is_bound_already_is_not_bound_again(build: Build, book: Path) -> None:
    """As under `make serve`; what else is kept does not depend on it."""
    *_, first = build()
    edit(book / "docs/en/second.md", "More words", "Other words")
    checked, rendered, pages = build("first", "second")
    assert checked == ["code"]
    assert rendered == ["second"]
    assert "Other words" in pages["second"]
    assert pages["first"] == first["first"]


def test_a_changed_page_is_made_again(build: Build, book: Path) -> None:
    """And no other, though all are checked: another might speak of it."""
    build()
    edit(book / "docs/en/second.md", "More words", "Other words")
    checked, rendered, pages = build()
    assert sorted(checked) == ["code", "first", "second"]
    assert rendered == ["second"]
    assert "Other words" in pages["second"]


def test_a_page_is_made_again_when_what_it_lists_has_changed(
    build: Build, book: Path
) -> None:
    """Though nobody has touched its file."""
    build()
    edit(book / "src/scratchnn/one.py", "2 * x", "x + x")
    _, rendered, pages = build()
    assert sorted(rendered) == ["code", "first"]
    assert "return</span> x + x\n" in pages["first"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("mkdocs.yml", "- toc", "- toc: {permalink: true}"),
        ("mkdocs.yml", "2 Second", "3 Second"),
        ("src/scratchnn/__init__.py", "import twice", "import other, twice"),
        ("docs/en/second.md", "More words", 2000 * "More words "),
    ],
)
def test_all_are_made_again_when_what_frames_them_has_changed(
    file: str, old: str, new: str, build: Build, book: Path
) -> None:
    """The configuration, titles, the library's names, how long a page takes to read."""
    build()
    edit(book / file, old, new)
    _, rendered, _ = build()
    assert sorted(rendered) == ["code", "first", "second"]


def test_what_older_programs_have_made_is_made_again(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server runs on with what it had read before somebody changed a file of it."""
    build()
    monkeypatch.setattr(kept, "RUNNING", [b"newer"])
    _, rendered, _ = build()
    assert sorted(rendered) == ["code", "first", "second"]


def test_a_fault_is_found_though_the_page_was_kept(build: Build, book: Path) -> None:
    """Its file is as it was, and what it lists is gone; then that comes back."""
    *_, first = build()
    edit(book / "src/scratchnn/one.py", "def twice", "def thrice")
    for _ in range(2):
        with pytest.raises(BookError, match=r"first\.md:9: .*one\.py defines no"):
            build()
    edit(book / "src/scratchnn/one.py", "def thrice", "def twice")
    _, rendered, pages = build()
    assert rendered == ["code"]
    assert pages == first


def test_a_page_with_a_warning_is_not_kept(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nobody would hear it at the next build."""
    render = kept.render

    def loud(page, config, files):  # type: ignore[no-untyped-def]
        if page.file.src_uri == "first.md":
            logging.getLogger("mkdocs.pages").warning("not quite right")
        return render(page, config, files)

    monkeypatch.setattr(kept, "render", loud)
    build()
    _, rendered, _ = build()
    assert rendered == ["first"]


@pytest.mark.parametrize("damaged", [b"", b"no seal", None])
def test_what_is_damaged_is_made_again(
    damaged: bytes | None, build: Build, book: Path
) -> None:
    """Cut off, or changed in the middle."""
    *_, first = build()
    (file,) = book.rglob("first.md.pickle")
    data = file.read_bytes()
    file.write_bytes(data[:-1] if damaged is None else damaged)
    _, rendered, pages = build()
    assert rendered == ["first"]
    assert pages == first
    assert file.read_bytes() == data


def test_what_cannot_be_kept_is_made_all_the_same(build: Build, book: Path) -> None:
    """It is there for speed alone."""
    (book / ".cache").write_text("no folder", "utf-8")
    *_, first = build()
    _, rendered, pages = build()
    assert sorted(rendered) == ["code", "first", "second"]
    assert pages == first


@pytest.fixture
def explained(book: Path) -> Callable[[], tuple[str, dict[str, str]]]:
    """Makes a reference for the book; says what it is and where names are explained."""
    options = f"{{paths: [{book / 'src'}], options: {{show_source: true}}}}"
    plugin = f"{{mkdocstrings: {{handlers: {{python: {options}}}}}}}"
    edit(book / "mkdocs.yml", "plugins: []", f"plugins: [{plugin}]")
    edit(book / "mkdocs.yml", "nav: [", "nav: [The reference: reference.md, ")
    edit(book / "src/scratchnn/one.py", "(x):", '(x):\n    """Once more."""')
    with (book / "src/scratchnn/one.py").open("a", encoding="utf-8") as end:
        end.write('\n\nclass Two(int):\n    """A number."""\n')
    front = "---\ntitle: The reference\n---\n\n# The reference"
    page = book / "docs/en/reference.md"
    page.write_text(f"{front}\n\n::: scratchnn.one\n", "utf-8")

    def explained() -> tuple[str, dict[str, str]]:
        config, files = known(book)
        file = files.src_uris["reference.md"].page
        assert file is not None
        file.read_source(config)
        config.plugins.on_page_markdown("", page=file, config=config, files=files)
        Kept(config, files).rendered(file)
        links: Any = config.plugins["autorefs"]
        url, _ = links.get_item_url("scratchnn.one.twice")
        plugin: Any = config.plugins["mkdocstrings"]
        listed = plugin.handlers.inventory
        return file.content or "", {"": url, **{it: listed[it].uri for it in listed}}

    return explained


def test_what_the_reference_explains_is_noted_again(
    explained: Callable[[], tuple[str, dict[str, str]]],
    book: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where it is kept; with another docstring, base or option, it is not."""
    content, places = explained()
    with monkeypatch.context() as patch:
        patch.setattr(kept, "render", None)
        assert explained() == (content, places)
    assert places[""] == places["scratchnn.one.twice"]
    assert "Once more." in content
    edit(book / "src/scratchnn/one.py", "Once more.", "Twice as much.")
    assert "Twice as much." in explained()[0]
    assert "float" not in explained()[0]
    edit(book / "src/scratchnn/one.py", "Two(int)", "Two(float)")
    assert "float" in explained()[0]
    assert "Source code" in explained()[0]
    edit(book / "mkdocs.yml", "show_source: true", "show_source: false")
    assert "Source code" not in explained()[0]
