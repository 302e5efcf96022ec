"""`python -m figures` draws what is out of date, runs the labs, writes the notebooks.

With `--check` it changes nothing and says what is out of date.
"""

from bookbinder import cards, drawing, labs, notebooks

cards.main()
drawing.main()
labs.rerun()
notebooks.write()
