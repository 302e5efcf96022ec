"""Runs code, and says what came of it.

`session` runs a page from top to bottom and says what each part printed, within
`limits`, while `watching` sees which assertions it comes to; `formulas` computes with
formulas, and `spelling` puts numbers into words. `processes` begins what runs side by
side.
"""
