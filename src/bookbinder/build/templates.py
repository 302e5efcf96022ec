"""MkDocs hook: keeps the theme's templates as they are compiled, for the next build.

Each build makes them anew otherwise, and so does each change under `make serve`.
"""

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocstrings import MkdocstringsPlugin

from bookbinder import ROOT

COMPILED = ROOT / ".cache" / "templates"


def on_config(config: MkDocsConfig) -> None:
    """Those of the reference."""
    reference = config.plugins["mkdocstrings"]
    assert isinstance(reference, MkdocstringsPlugin)
    _keep(reference.handlers.get_handler("python").env)


def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> None:
    """Those of all pages."""
    _keep(env)


def _keep(templates: jinja2.Environment) -> None:
    COMPILED.mkdir(parents=True, exist_ok=True)
    templates.bytecode_cache = jinja2.FileSystemBytecodeCache(str(COMPILED))
