"""`python -m figures` draws what is out of date and writes the notebooks of the pages.

With `--check` it changes nothing and says what is out of date.
"""

from bookbinder import cards, drawing, notebooks

cards.main()
drawing.main()
notebooks.write()
