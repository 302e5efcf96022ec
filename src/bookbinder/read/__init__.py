"""Reads what stands in files, and runs none of it.

`source` reads Python files, where an object stands and what it needs; `pages` reads
Markdown files: blocks, figures and bound numbers, each with its line; `links` reads
what leads to another place, `code` what stands in the blocks; `book` finds the pages of
an edition and their order; `tex` reads formulas. `words` has what is said on pages in
languages other than English, and while a `moment` lasts, no file is read twice.
"""
