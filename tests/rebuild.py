"""Edits the copy of the book in this folder, and builds it as `make serve` does.

Leaves two sites: `served`, changed step by step, and `whole`, built once at the end.
Prints the pages that each step built, and why the broken page was refused.
"""

from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort

from bookbinder.serving import Rebuild


def config(site: str) -> MkDocsConfig:
    """The book's configuration, as `mkdocs serve` loads it before each build."""
    loaded = load_config("mkdocs.yml", site_dir=site)
    loaded.site_url = "http://127.0.0.1:8000/"
    return loaded


def edit(name: str, old: str, new: str) -> None:
    """Change the one place of a file at which `old` stands."""
    text = Path(name).read_text("utf-8")
    assert text.count(old) == 1, (name, old)
    Path(name).write_text(text.replace(old, new), "utf-8")


def built() -> dict[Path, int]:
    """When each page of the served site was written."""
    return {
        path: path.stat().st_mtime_ns for path in Path("served").rglob("index.html")
    }


def step(rebuild: Rebuild) -> None:
    """Build what is out of date, and print which pages that was."""
    before = built()
    try:
        rebuild(config("served"))
    except Abort as error:
        print("refused:", error)
        return
    new = {path.parent.name for path, at in built().items() if at != before.get(path)}
    print(*sorted(new))


def main() -> None:
    """Change one thing after the other."""
    rebuild = Rebuild()
    config("served").plugins.on_startup(command="serve", dirty=True)
    rebuild(config("served"))
    step(rebuild)
    edit("docs/en/gates.md", "How little", "How much")
    step(rebuild)
    edit("figures/perceptrons.py", '"above zero?"', '"above 0?"')
    step(rebuild)
    edit("src/scratchnn/perceptron.py", "b=-0.7)\n\n\ndef N", "b=-0.6)\n\n\ndef N")
    step(rebuild)
    edit(
        "src/scratchnn/perceptron.py",
        "1 if both inputs are 1.\n\n    >>> AND",
        "1 if each input is 1.\n\n    >>> AND",
    )
    step(rebuild)
    edit("docs/en/gates.md", 'source="scratchnn.perceptron.AND"', 'source="gone"')
    step(rebuild)
    edit("docs/en/gates.md", 'source="gone"', 'source="scratchnn.perceptron.AND"')
    step(rebuild)
    for names in (["index"], ["gates", "other"]):
        for name in names:  # saved, and no other for it
            Path(f"docs/en/{name}.md").touch()
        step(rebuild)
    build(config("whole"))


if __name__ == "__main__":
    main()
