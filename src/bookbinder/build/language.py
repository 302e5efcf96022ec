"""MkDocs hook: says which edition is built to what adds words to its pages.

A page can be the same in two editions, as long as nobody has translated it; and what
MkDocs, its extensions and the theme say is to be in the language of the edition.
"""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from bookbinder.read.words import WORDS, say


def on_config(config: MkDocsConfig) -> None:
    """Hand the edition's folder to the binding, and its words to the others."""
    edition, options = Path(config.docs_dir), config.mdx_configs
    options.setdefault("bookbinder.convert.binding", {})["edition"] = str(edition)
    sign = say("Permanent link", edition.name)
    options.setdefault("toc", {})["permalink_title"] = sign
    config.extra["words"] = WORDS.get(edition.name, {})
