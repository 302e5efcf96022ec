"""Turns a page into HTML: extensions of Python-Markdown, for any builder of sites.

`binding` fills in code and outputs, `maths` sets formulas, and `reading` helps a reader
along, with the `reference`.
"""
