"""MkDocs hook: makes pages of the labs, as `bookbinder.make.labs` writes them.

To MkDocs a notebook is a file to be handed out, and to another builder it stays one.
"""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from bookbinder.make.labs import as_page, place


class Lab(File):
    """A notebook that is a page."""

    def is_documentation_page(self) -> bool:
        """What MkDocs believes of Markdown alone."""
        return True


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Put a page in the place of each notebook, and that into a folder of the page."""
    for lab in sorted(Path(config.docs_dir, "labs").glob("*.ipynb")):
        ran = place(lab)
        uri = ran.relative_to(config.docs_dir).as_posix()
        if file := files.get_file_from_path(uri):
            files.remove(file)
            folders = config.docs_dir, config.site_dir, config.use_directory_urls
            files.append(Lab(uri, *folders))
            beside = f"{uri.removesuffix('.ipynb')}/{lab.name}"
            files.append(File.generated(config, beside, abs_src_path=str(ran)))


def on_page_read_source(*, page: Page, config: MkDocsConfig) -> str | None:
    """The text of a lab; other pages MkDocs reads by itself."""
    if not isinstance(page.file, Lab):
        return None
    return as_page(Path(config.docs_dir, "labs", Path(page.file.src_uri).name)).text
