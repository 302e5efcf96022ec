"""`python -m figures` draws what is out of date; `--check` and `--watch` see there."""

from bookbinder import cards, drawing

cards.main()
drawing.main()
